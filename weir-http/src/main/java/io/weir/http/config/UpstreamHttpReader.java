package io.weir.http.config;

import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;

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
        protocol(config, context);
        var defaults = UpstreamHttpSpec.DEFAULT;
        var common = config.getCommonHttpProtocolOptions();
        return new UpstreamHttpSpec(
                common.hasIdleTimeout() ? Plain.nanos(common.getIdleTimeout()) : defaults.idleTimeoutNanos(),
                Plain.nanos(common.getMaxConnectionDuration()),
                Plain.limit(common.getMaxRequestsPerConnection().getValue()),
                common.hasMaxHeadersCount()
                        ? Plain.limit(common.getMaxHeadersCount().getValue())
                        : defaults.headersMax(),
                common.hasMaxResponseHeadersKb()
                        ? Plain.limit(Integer.toUnsignedLong(common.getMaxResponseHeadersKb().getValue()) * KIB)
                        : defaults.headBytesMax());
    }

    /** Only HTTP/1.1 is spoken; what follows the client's protocol, or may be either, comes to the same. */
    private static void protocol(HttpProtocolOptions config, ReadContext context) {
        switch (config.getUpstreamProtocolOptionsCase()) {
            case EXPLICIT_HTTP_CONFIG -> {
                var explicit = config.getExplicitHttpConfig();
                switch (explicit.getProtocolConfigCase()) {
                    case HTTP_PROTOCOL_OPTIONS -> Http1OptionsReader.check(explicit.getHttpProtocolOptions(),
                            context.at("explicit_http_config.http_protocol_options"));
                    case HTTP2_PROTOCOL_OPTIONS -> refuse("http2_protocol_options", "HTTP/2", context);
                    case HTTP3_PROTOCOL_OPTIONS -> refuse("http3_protocol_options", "HTTP/3", context);
                    case PROTOCOLCONFIG_NOT_SET -> {
                        // the API's rules tell
                    }
                }
            }
            case USE_DOWNSTREAM_PROTOCOL_CONFIG -> Http1OptionsReader.check(
                    config.getUseDownstreamProtocolConfig().getHttpProtocolOptions(),
                    context.at("use_downstream_protocol_config.http_protocol_options"));
            case AUTO_CONFIG -> context.warning("auto_config", "", "Weir speaks HTTP/1.1 with these servers",
                    "write explicit_http_config with http_protocol_options to say so");
            case UPSTREAMPROTOCOLOPTIONS_NOT_SET -> {
                // HTTP/1.1, as in Envoy
            }
        }
    }

    private static void refuse(String field, String protocol, ReadContext context) {
        context.problem("explicit_http_config." + field, "", "Weir does not speak " + protocol + " with servers yet",
                "use http_protocol_options where the servers also speak HTTP/1.1");
    }
}
