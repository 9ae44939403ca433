package io.weir.http.config;

import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.UpstreamHttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig;
import io.weir.core.tls.RequestNames;
import io.weir.http.codec.HeaderName;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads how a cluster's servers are spoken to. */
final class UpstreamHttpReader implements ExtensionReader<HttpProtocolOptions, UpstreamHttpSpec> {
    private static final int KIB = 1024;

    @Override
    public HttpProtocolOptions prototype() {
        return HttpProtocolOptions.getDefaultInstance();
    }

    @Override
    public Class<UpstreamHttpSpec> kind() {
        return UpstreamHttpSpec.class;
    }

    @Override
    public UpstreamHttpSpec read(HttpProtocolOptions config, ReadContext context) {
        var defaults = UpstreamHttpSpec.DEFAULT;
        var common = config.getCommonHttpProtocolOptions();
        var names = config.getUpstreamHttpProtocolOptions();
        return new UpstreamHttpSpec(
                common.hasIdleTimeout() ? Plain.nanos(common.getIdleTimeout()) : defaults.idleTimeoutNanos(),
                Plain.nanos(common.getMaxConnectionDuration()),
                Plain.limit(common.getMaxRequestsPerConnection().getValue()),
                common.hasMaxHeadersCount()
                        ? Plain.limit(common.getMaxHeadersCount().getValue())
                        : defaults.headersMax(),
                common.hasMaxResponseHeadersKb()
                        ? Plain.limit(Integer.toUnsignedLong(common.getMaxResponseHeadersKb().getValue()) * KIB)
                        : defaults.headBytesMax(),
                protocol(config, context), Http2OptionsReader.read(http2(config), false),
                new RequestNames(names.getAutoSni(), names.getAutoSanValidation()), nameHeader(names, context));
    }

    private static @Nullable HeaderName nameHeader(UpstreamHttpProtocolOptions names, ReadContext context) {
        String header = names.getOverrideAutoSniHeader();
        if (header.isEmpty()) {
            return null;
        }
        ReadContext at = context.at("upstream_http_protocol_options");
        if (!names.getAutoSni() && !names.getAutoSanValidation()) {
            at.warning("override_auto_sni_header", header, "hosts are asked for no name of a request",
                    "add auto_sni: true, or remove it");
        }
        if (header.equalsIgnoreCase(":authority") || header.equalsIgnoreCase("host")) {
            return null; // that is where the name is anyway
        }
        return TextReader.name(header, "override_auto_sni_header", at);
    }

    private static Http2ProtocolOptions http2(HttpProtocolOptions config) {
        return switch (config.getUpstreamProtocolOptionsCase()) {
            case USE_DOWNSTREAM_PROTOCOL_CONFIG -> config.getUseDownstreamProtocolConfig().getHttp2ProtocolOptions();
            case AUTO_CONFIG -> config.getAutoConfig().getHttp2ProtocolOptions();
            case EXPLICIT_HTTP_CONFIG, UPSTREAMPROTOCOLOPTIONS_NOT_SET -> config.getExplicitHttpConfig()
                    .getHttp2ProtocolOptions();
        };
    }

    private static Protocol protocol(HttpProtocolOptions config, ReadContext context) {
        return switch (config.getUpstreamProtocolOptionsCase()) {
            case EXPLICIT_HTTP_CONFIG -> explicit(config.getExplicitHttpConfig(), context);
            case USE_DOWNSTREAM_PROTOCOL_CONFIG -> {
                Http1OptionsReader.check(config.getUseDownstreamProtocolConfig().getHttpProtocolOptions(),
                        context.at("use_downstream_protocol_config.http_protocol_options"));
                yield Protocol.AS_DOWNSTREAM;
            }
            case AUTO_CONFIG -> {
                Http1OptionsReader.check(config.getAutoConfig().getHttpProtocolOptions(),
                        context.at("auto_config.http_protocol_options"));
                yield Protocol.ASKED;
            }
            case UPSTREAMPROTOCOLOPTIONS_NOT_SET -> Protocol.HTTP1; // as in Envoy
        };
    }

    private static Protocol explicit(ExplicitHttpConfig config, ReadContext context) {
        return switch (config.getProtocolConfigCase()) {
            case HTTP_PROTOCOL_OPTIONS -> {
                Http1OptionsReader.check(config.getHttpProtocolOptions(),
                        context.at("explicit_http_config.http_protocol_options"));
                yield Protocol.HTTP1;
            }
            case HTTP2_PROTOCOL_OPTIONS -> Protocol.HTTP2;
            case HTTP3_PROTOCOL_OPTIONS -> {
                context.problem("explicit_http_config.http3_protocol_options", "",
                        "Weir does not speak HTTP/3 with servers yet",
                        "use http2_protocol_options or http_protocol_options where the servers also speak these");
                yield Protocol.HTTP1;
            }
            case PROTOCOLCONFIG_NOT_SET -> Protocol.HTTP1; // the API's rules tell
        };
    }
}
