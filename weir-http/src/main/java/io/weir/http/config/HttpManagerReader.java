package io.weir.http.config;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig;
import io.envoyproxy.envoy.extensions.http.original_ip_detection.xff.v3.XffConfig;
import io.weir.http.config.HttpManagerSpec.CertificateRule;
import io.weir.http.config.HttpManagerSpec.CertificateRule.Forwarding;
import io.weir.http.config.HttpManagerSpec.ClientAddress;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.config.HttpManagerSpec.Detection;
import io.weir.http.config.HttpManagerSpec.Http10;
import io.weir.http.config.HttpManagerSpec.Identity;
import io.weir.http.config.HttpManagerSpec.Limits;
import io.weir.http.config.HttpManagerSpec.RequestId;
import io.weir.http.config.HttpManagerSpec.Scheme;
import io.weir.http.config.HttpManagerSpec.ServerHeader;
import io.weir.http.config.HttpManagerSpec.Timeouts;
import io.weir.http.config.scope.ScopesReader;
import io.weir.http.config.tree.PackedReader;
import io.weir.http.config.tree.PredicateReader;
import io.weir.http.config.upgrade.UpgradeReader;
import io.weir.http.reply.LocalReplies;
import io.weir.http.route.RouteTable;
import io.weir.http.route.normal.NormalizeSpec;
import io.weir.http.route.normal.NormalizeSpec.EscapedSlashes;
import io.weir.http.route.normal.NormalizeSpec.StripPort;
import io.weir.http.route.normal.NormalizeSpec.Underscores;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.http.route.tree.Network;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the HTTP connection manager, its routes and its filters. */
final class HttpManagerReader implements ExtensionReader<HttpConnectionManager, HttpManagerSpec> {
    private static final int KIB = 1024;
    private static final String DETECTION = "envoy.extensions.http.original_ip_detection.";
    private static final String XFF = DETECTION + "xff.v3.XffConfig";
    private static final String FIELD = DETECTION + "custom_header.v3.CustomHeaderConfig";

    @Override
    public HttpConnectionManager prototype() {
        return HttpConnectionManager.getDefaultInstance();
    }

    @Override
    public Class<HttpManagerSpec> kind() {
        return HttpManagerSpec.class;
    }

    @Override
    public @Nullable HttpManagerSpec read(HttpConnectionManager config, ReadContext context) {
        var codec = codec(config, context);
        var filters = HttpFiltersReader.read(config, context);
        var routes = routes(config, filters.level(), context);
        var router = filters.router();
        var common = config.getCommonHttpProtocolOptions();
        var http1 = config.getHttpProtocolOptions();
        Http1OptionsReader.check(http1, context.at("http_protocol_options"));
        var identity = identity(config, context);
        String defaultHost = http1.getDefaultHostForHttp10();
        TextReader.checkHost(defaultHost, "http_protocol_options.default_host_for_http_10", context);
        var http10 = new Http10(http1.getAcceptHttp10(), defaultHost.isEmpty() ? null : defaultHost);
        var client = clientAddress(config, context);
        var accessLog = context.accessLogs("access_log", config.getAccessLogList());
        var upgrades = UpgradeReader.manager(config.getUpgradeConfigsList(), context);
        var localReplies = config.hasLocalReplyConfig()
                ? LocalReplyReader.read(config.getLocalReplyConfig(), context.at("local_reply_config"))
                : LocalReplies.NONE;
        var certificates = certificates(config, context);
        if (codec == null || routes == null || router == null) {
            return null;
        }
        return new HttpManagerSpec(config.getStatPrefix(), codec, routes, identity, client,
                requestId(config), limits(config, common), timeouts(config, common), normalize(config, common),
                http10, router.suppressEnvoyHeaders(), accessLog, filters.level().chains(), localReplies,
                Http2OptionsReader.read(config.getHttp2ProtocolOptions(),
                        config.getStreamErrorOnInvalidHttpMessage().getValue()),
                upgrades, certificates);
    }

    private static @Nullable Codec codec(HttpConnectionManager config, ReadContext context) {
        return switch (config.getCodecType()) {
            case AUTO -> Codec.AUTO;
            case HTTP1 -> Codec.HTTP1;
            case HTTP2 -> Codec.HTTP2;
            case HTTP3, UNRECOGNIZED -> {
                context.problem("codec_type", config.getCodecType().name(),
                        "Weir speaks HTTP/2, HTTP/1.1 and HTTP/1.0 with clients, and no other version yet",
                        "use AUTO, HTTP2 or HTTP1");
                yield null;
            }
        };
    }

    private static @Nullable RouteTable routes(HttpConnectionManager config, FilterLevel filters,
            ReadContext context) {
        return switch (config.getRouteSpecifierCase()) {
            case ROUTE_CONFIG -> RouteTableReader.table(config.getRouteConfig(), filters,
                    context.at("route_config"));
            case SCOPED_ROUTES -> new ScopesReader((table, at) -> RouteTableReader.table(table, filters, at))
                    .read(config.getScopedRoutes(), context.at("scoped_routes"));
            case RDS -> null; // refused as a field that is not honoured
            case ROUTESPECIFIER_NOT_SET -> null; // the API's rules tell
        };
    }

    // ---- the parts ----

    private static Identity identity(HttpConnectionManager config, ReadContext context) {
        TextReader.checkValue(config.getServerName(), "server_name", context);
        TextReader.checkValue(config.getVia(), "via", context);
        var mode = switch (config.getServerHeaderTransformation()) {
            case OVERWRITE, UNRECOGNIZED -> ServerHeader.OVERWRITE;
            case APPEND_IF_ABSENT -> ServerHeader.APPEND_IF_ABSENT;
            case PASS_THROUGH -> ServerHeader.PASS_THROUGH;
        };
        String name = config.getServerName().isEmpty() ? Identity.DEFAULT.serverName() : config.getServerName();
        return new Identity(name, mode, config.getVia().isEmpty() ? null : config.getVia());
    }

    private static ClientAddress clientAddress(HttpConnectionManager config, ReadContext context) {
        if (config.getOriginalIpDetectionExtensionsCount() > 0) {
            return detected(config, context);
        }
        return new ClientAddress(config.getUseRemoteAddress().getValue(), Plain.limit(config.getXffNumTrustedHops()),
                config.getSkipXffAppend(), config.getAppendXForwardedPort(), scheme(config), internal(config, context),
                List.of());
    }

    /** By extensions, of which the first that finds an address counts. */
    private static ClientAddress detected(HttpConnectionManager config, ReadContext context) {
        String list = "original_ip_detection_extensions";
        if (config.getUseRemoteAddress().getValue()) {
            context.problem(list, "", "with use_remote_address the connection's far end is the client",
                    "keep one of the two");
        }
        if (config.getXffNumTrustedHops() > 0) {
            context.problem(list, "", "xff_num_trusted_hops says in another way who the client is",
                    "write it into " + XFF);
        }
        var detections = new ArrayList<Detection>();
        for (int i = 0; i < config.getOriginalIpDetectionExtensionsCount(); i++) {
            var detection = detection(config.getOriginalIpDetectionExtensions(i).getTypedConfig(),
                    context.at(list, i).at("typed_config"));
            if (detection != null) {
                detections.add(detection);
            }
        }
        return new ClientAddress(false, 0, config.getSkipXffAppend(), config.getAppendXForwardedPort(), scheme(config),
                internal(config, context), detections);
    }

    private static @Nullable Detection detection(Any any, ReadContext at) {
        switch (PackedReader.type(any)) {
            case XFF -> {
                var xff = PackedReader.unpack(any, XffConfig.parser(), at);
                if (xff != null && xff.hasSkipXffAppend() && !xff.getSkipXffAppend().getValue()) {
                    at.problem("skip_xff_append", "false",
                            "behind trusted proxies Weir appends nothing to x-forwarded-for",
                            "remove it, or use use_remote_address and xff_num_trusted_hops in its place");
                }
                return xff == null ? null : new Detection.Forwarded(Plain.limit(xff.getXffNumTrustedHops()));
            }
            case FIELD -> {
                var field = PackedReader.unpack(any, CustomHeaderConfig.parser(), at);
                var name = field == null ? null : TextReader.name(field.getHeaderName(), "header_name", at);
                if (field == null || name == null) {
                    return null;
                }
                int code = field.getRejectWithStatus().getCodeValue();
                // as in Envoy: what is no error becomes one
                int status = code >= 400 && code <= 511 ? code : 403;
                return new Detection.Field(name, field.getAllowExtensionToSetAddressAsTrusted(),
                        field.hasRejectWithStatus() ? status : 0);
            }
            default -> {
                at.problem("", PackedReader.type(any), "Weir does not know this way to find the client's address",
                        "use " + XFF + " or " + FIELD);
                return null;
            }
        }
    }

    private static CertificateRule certificates(HttpConnectionManager config, ReadContext context) {
        var forwarding = switch (config.getForwardClientCertDetails()) {
            case SANITIZE, UNRECOGNIZED -> Forwarding.SANITIZE;
            case FORWARD_ONLY -> Forwarding.FORWARD_ONLY;
            case APPEND_FORWARD -> Forwarding.APPEND_FORWARD;
            case SANITIZE_SET -> Forwarding.SANITIZE_SET;
            case ALWAYS_FORWARD_ONLY -> Forwarding.ALWAYS_FORWARD_ONLY;
        };
        var details = config.getSetCurrentClientCertDetails();
        if (config.hasSetCurrentClientCertDetails() && forwarding != Forwarding.APPEND_FORWARD
                && forwarding != Forwarding.SANITIZE_SET) {
            context.warning("set_current_client_cert_details", "", "with forward_client_cert_details: " + forwarding
                    + " hosts hear nothing of the client's own certificate", "use SANITIZE_SET or APPEND_FORWARD");
        }
        return new CertificateRule(forwarding, details.getSubject().getValue(), details.getCert(), details.getChain(),
                details.getDns(), details.getUri());
    }

    private static Scheme scheme(HttpConnectionManager config) {
        var transformation = config.getSchemeHeaderTransformation();
        return switch (transformation.getTransformationCase()) {
            case SCHEME_TO_OVERWRITE ->
                transformation.getSchemeToOverwrite().equals("https") ? Scheme.HTTPS : Scheme.HTTP;
            case TRANSFORMATION_NOT_SET -> transformation.getMatchUpstream() ? Scheme.UPSTREAM : Scheme.AS_CAME;
        };
    }

    /** Where clients are our own. */
    private static List<Network> internal(HttpConnectionManager config, ReadContext context) {
        var own = config.getInternalAddressConfig();
        return PredicateReader.networks(own.getCidrRangesList(), context.at("internal_address_config"));
    }

    private static RequestId requestId(HttpConnectionManager config) {
        boolean generate = !config.hasGenerateRequestId() || config.getGenerateRequestId().getValue();
        return new RequestId(generate, config.getPreserveExternalRequestId(),
                config.getAlwaysSetRequestIdInResponse());
    }

    private static Limits limits(HttpConnectionManager config, HttpProtocolOptions common) {
        return new Limits(
                config.hasMaxRequestHeadersKb()
                        ? Plain.limit(Integer.toUnsignedLong(config.getMaxRequestHeadersKb().getValue()) * KIB)
                        : Limits.DEFAULT.headBytesMax(),
                common.hasMaxHeadersCount()
                        ? Plain.limit(common.getMaxHeadersCount().getValue())
                        : Limits.DEFAULT.headersMax(),
                Plain.limit(common.getMaxRequestsPerConnection().getValue()));
    }

    private static Timeouts timeouts(HttpConnectionManager config, HttpProtocolOptions common) {
        var defaults = Timeouts.DEFAULT;
        return new Timeouts(nanos(common.hasIdleTimeout(), common.getIdleTimeout(), defaults.idleNanos()),
                nanos(config.hasStreamIdleTimeout(), config.getStreamIdleTimeout(), defaults.streamIdleNanos()),
                Plain.nanos(config.getRequestTimeout()),
                nanos(config.hasRequestHeadersTimeout(), config.getRequestHeadersTimeout(),
                        defaults.requestHeadersNanos()),
                Plain.nanos(common.getMaxConnectionDuration()), Plain.nanos(common.getMaxStreamDuration()),
                nanos(config.hasDrainTimeout(), config.getDrainTimeout(), defaults.drainNanos()),
                nanos(config.hasDelayedCloseTimeout(), config.getDelayedCloseTimeout(),
                        defaults.delayedCloseNanos()));
    }

    private static long nanos(boolean given, Duration duration, long otherwise) {
        return given ? Plain.nanos(duration) : otherwise;
    }

    private static NormalizeSpec normalize(HttpConnectionManager config, HttpProtocolOptions common) {
        var slashes = switch (config.getPathWithEscapedSlashesAction()) {
            case IMPLEMENTATION_SPECIFIC_DEFAULT, KEEP_UNCHANGED, UNRECOGNIZED -> EscapedSlashes.KEEP_UNCHANGED;
            case REJECT_REQUEST -> EscapedSlashes.REJECT_REQUEST;
            case UNESCAPE_AND_REDIRECT -> EscapedSlashes.UNESCAPE_AND_REDIRECT;
            case UNESCAPE_AND_FORWARD -> EscapedSlashes.UNESCAPE_AND_FORWARD;
        };
        var underscores = switch (common.getHeadersWithUnderscoresAction()) {
            case ALLOW, UNRECOGNIZED -> Underscores.ALLOW;
            case REJECT_REQUEST -> Underscores.REJECT_REQUEST;
            case DROP_HEADER -> Underscores.DROP_HEADER;
        };
        var ports = config.getStripPortModeCase() == HttpConnectionManager.StripPortModeCase.STRIP_ANY_HOST_PORT
                && config.getStripAnyHostPort() ? StripPort.ANY : StripPort.NONE;
        return new NormalizeSpec(config.getNormalizePath().getValue(), config.getMergeSlashes(), slashes,
                config.getStripMatchingHostPort() ? StripPort.MATCHING : ports, config.getStripTrailingHostDot(),
                underscores);
    }
}
