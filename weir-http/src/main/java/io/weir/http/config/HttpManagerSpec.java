package io.weir.http.config;

import io.weir.core.model.AccessLogSpec;
import io.weir.http.codec.HeaderName;
import io.weir.http.filter.ChainSpec;
import io.weir.http.h2.Http2Options;
import io.weir.http.reply.LocalReplies;
import io.weir.http.route.RouteTable;
import io.weir.http.route.normal.NormalizeSpec;
import io.weir.http.route.tree.Network;
import io.weir.http.tunnel.UpgradeRules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one HTTP server behaves. Immutable. Source: Envoy's {@code HttpConnectionManager}, whose defaults hold unless a
 * line here says otherwise.
 *
 * @param statPrefix
 *            in {@code http.<statPrefix>.}
 * @param codec
 *            which versions of HTTP are spoken
 * @param routes
 *            where requests go
 * @param identity
 *            what Weir says of itself
 * @param clientAddress
 *            how the client's address is found and passed on
 * @param requestId
 *            how {@code x-request-id} is handled
 * @param limits
 *            sizes and counts
 * @param timeouts
 *            all in nanoseconds
 * @param normalize
 *            what is made uniform before routing
 * @param http10
 *            whether HTTP/1.0 is accepted
 * @param suppressEnvoyHeaders
 *            the router adds no {@code x-envoy-} header of its own to requests and responses
 * @param accessLog
 *            in the order of the configuration
 * @param chains
 *            the filters that requests pass, by the numbers that routes know them by; the first is that of requests for
 *            which no route says anything
 * @param localReplies
 *            what becomes of Weir's own answers
 * @param http2
 *            how HTTP/2 is spoken
 * @param upgrades
 *            which tunnels are allowed where a route says nothing
 * @param certificates
 *            what hosts hear of clients' certificates
 */
public record HttpManagerSpec(String statPrefix, Codec codec, RouteTable routes, Identity identity,
        ClientAddress clientAddress, RequestId requestId, Limits limits, Timeouts timeouts, NormalizeSpec normalize,
        Http10 http10, boolean suppressEnvoyHeaders, List<AccessLogSpec> accessLog, List<ChainSpec> chains,
        LocalReplies localReplies, Http2Options http2, UpgradeRules upgrades, CertificateRule certificates) {
    public HttpManagerSpec {
        accessLog = List.copyOf(accessLog);
        chains = List.copyOf(chains);
    }

    /** Without tunnels. */
    public HttpManagerSpec(String statPrefix, Codec codec, RouteTable routes, Identity identity,
            ClientAddress clientAddress, RequestId requestId, Limits limits, Timeouts timeouts,
            NormalizeSpec normalize, Http10 http10, boolean suppressEnvoyHeaders, List<AccessLogSpec> accessLog,
            List<ChainSpec> chains, LocalReplies localReplies, Http2Options http2) {
        this(statPrefix, codec, routes, identity, clientAddress, requestId, limits, timeouts, normalize, http10,
                suppressEnvoyHeaders, accessLog, chains, localReplies, http2, UpgradeRules.NONE,
                CertificateRule.DEFAULT);
    }

    /** Every default, for these routes. */
    public static HttpManagerSpec of(String statPrefix, RouteTable routes) {
        return new HttpManagerSpec(statPrefix, Codec.AUTO, routes, Identity.DEFAULT, ClientAddress.DEFAULT,
                RequestId.DEFAULT, Limits.DEFAULT, Timeouts.DEFAULT, NormalizeSpec.NONE, Http10.REFUSED, false,
                List.of(), List.of(ChainSpec.EMPTY), LocalReplies.NONE, Http2Options.DEFAULT, UpgradeRules.NONE,
                CertificateRule.DEFAULT);
    }

    /** The same with other filters. */
    public HttpManagerSpec withChains(List<ChainSpec> others) {
        return new HttpManagerSpec(statPrefix, codec, routes, identity, clientAddress, requestId, limits, timeouts,
                normalize, http10, suppressEnvoyHeaders, accessLog, others, localReplies, http2, upgrades,
                certificates);
    }

    /** The same with other answers of Weir's own. */
    public HttpManagerSpec withLocalReplies(LocalReplies others) {
        return new HttpManagerSpec(statPrefix, codec, routes, identity, clientAddress, requestId, limits, timeouts,
                normalize, http10, suppressEnvoyHeaders, accessLog, chains, others, http2, upgrades, certificates);
    }

    /** The same with another way to speak HTTP/2. */
    public HttpManagerSpec withHttp2(Codec otherCodec, Http2Options other) {
        return new HttpManagerSpec(statPrefix, otherCodec, routes, identity, clientAddress, requestId, limits, timeouts,
                normalize, http10, suppressEnvoyHeaders, accessLog, chains, localReplies, other, upgrades,
                certificates);
    }

    /** The same with other tunnels. */
    public HttpManagerSpec withUpgrades(UpgradeRules others) {
        return new HttpManagerSpec(statPrefix, codec, routes, identity, clientAddress, requestId, limits, timeouts,
                normalize, http10, suppressEnvoyHeaders, accessLog, chains, localReplies, http2, others, certificates);
    }

    /** The same by another rule for clients' certificates. */
    public HttpManagerSpec withCertificates(CertificateRule other) {
        return new HttpManagerSpec(statPrefix, codec, routes, identity, clientAddress, requestId, limits, timeouts,
                normalize, http10, suppressEnvoyHeaders, accessLog, chains, localReplies, http2, upgrades, other);
    }

    /** {@code codec_type}. */
    public enum Codec {
        AUTO, HTTP1, HTTP2
    }

    /**
     * What Weir says of itself.
     *
     * @param serverName
     *            the {@code server} header's value: {@code weir} by default, where Envoy says {@code envoy}
     * @param via
     *            appended to {@code via} of requests and responses; null for none
     */
    public record Identity(String serverName, ServerHeader serverHeader, @Nullable String via) {
        public static final Identity DEFAULT = new Identity("weir", ServerHeader.OVERWRITE, null);
    }

    /** {@code server_header_transformation}. */
    public enum ServerHeader {
        OVERWRITE, APPEND_IF_ABSENT, PASS_THROUGH
    }

    /**
     * How the client's address is found and passed on.
     *
     * @param useRemoteAddress
     *            whether the connection's far end is the client, and is appended to {@code x-forwarded-for}
     * @param xffTrustedHops
     *            how many proxies in front are trusted
     * @param skipXffAppend
     *            whether {@code x-forwarded-for} stays as it is
     * @param appendForwardedPort
     *            whether {@code x-forwarded-port} is set
     * @param scheme
     *            what requests say, whatever the client spoke
     * @param internal
     *            where clients are our own: they may say what the edge takes from others; none by default
     * @param detections
     *            ways to find the client in the place of {@code xffTrustedHops}, of which the first that finds one
     *            counts; none by default
     */
    public record ClientAddress(boolean useRemoteAddress, int xffTrustedHops, boolean skipXffAppend,
            boolean appendForwardedPort, Scheme scheme, List<Network> internal, List<Detection> detections) {
        public static final ClientAddress DEFAULT = new ClientAddress(false, 0, false, false);

        public ClientAddress {
            internal = List.copyOf(internal);
            detections = List.copyOf(detections);
        }

        /** Where nobody is our own, and schemes stay as they came. */
        public ClientAddress(boolean useRemoteAddress, int xffTrustedHops, boolean skipXffAppend,
                boolean appendForwardedPort) {
            this(useRemoteAddress, xffTrustedHops, skipXffAppend, appendForwardedPort, Scheme.AS_CAME, List.of(),
                    List.of());
        }

        /** Whether a client at this literal address is one of our own. */
        public boolean isInternal(String address) {
            byte[] bytes = internal.isEmpty() ? null : Network.parse(address);
            return bytes != null && internal.stream().anyMatch(network -> network.contains(bytes));
        }
    }

    /** A way to find the client's address: {@code original_ip_detection_extensions}. */
    public sealed interface Detection {
        /** {@code x-forwarded-for}, behind so many trusted proxies. */
        record Forwarded(int trustedHops) implements Detection {
        }

        /**
         * A field whose first line is the address.
         *
         * @param trusted
         *            whether the client may be found to be one of our own by it
         * @param rejectStatus
         *            what is answered where the field tells no address; 0: then other ways are tried
         */
        record Field(HeaderName name, boolean trusted, int rejectStatus) implements Detection {
        }
    }

    /**
     * What hosts hear of clients' certificates in {@code x-forwarded-client-cert}: {@code forward_client_cert_details}
     * and {@code set_current_client_cert_details}. Beside the certificate's hash only what is said here.
     */
    public record CertificateRule(Forwarding forwarding, boolean subject, boolean cert, boolean chain, boolean dns,
            boolean uri) {
        public static final CertificateRule DEFAULT = new CertificateRule(Forwarding.SANITIZE, false, false, false,
                false, false);

        /** What becomes of what the client says. Without TLS, or without a certificate, only the last passes it on. */
        public enum Forwarding {
            /** It is taken out. */
            SANITIZE,
            /** It is passed on. */
            FORWARD_ONLY,
            /** It is passed on, with the client's own certificate behind it. */
            APPEND_FORWARD,
            /** The client's own certificate takes its place. */
            SANITIZE_SET,
            /** It is passed on whoever says it. */
            ALWAYS_FORWARD_ONLY
        }
    }

    /** {@code scheme_header_transformation}. */
    public enum Scheme {
        /** The client's, or that of its connection. */
        AS_CAME,
        /** {@code :scheme} and {@code x-forwarded-proto} say http. */
        HTTP,
        /** {@code :scheme} and {@code x-forwarded-proto} say https: TLS ends before Weir. */
        HTTPS,
        /** {@code :scheme} says how the host is spoken with, which is http until there is TLS. */
        UPSTREAM
    }

    /**
     * How {@code x-request-id} is handled.
     *
     * @param generate
     *            whether a request without one gets one
     * @param preserveExternal
     *            whether an edge keeps what came from outside
     * @param alwaysInResponse
     *            whether responses carry it
     */
    public record RequestId(boolean generate, boolean preserveExternal, boolean alwaysInResponse) {
        public static final RequestId DEFAULT = new RequestId(true, false, false);
    }

    /**
     * Sizes and counts.
     *
     * @param headBytesMax
     *            a request's start line and header, 60 KiB
     * @param headersMax
     *            field lines of a request, 100
     * @param requestsPerConnectionMax
     *            0 for no limit
     */
    public record Limits(int headBytesMax, int headersMax, int requestsPerConnectionMax) {
        public static final Limits DEFAULT = new Limits(60 * 1024, 100, 0);
    }

    /**
     * All in nanoseconds; 0 turns one off.
     *
     * @param idleNanos
     *            a connection without a request, 1 h
     * @param streamIdleNanos
     *            silence within a request, 5 min
     * @param requestNanos
     *            until the whole request is there; off
     * @param requestHeadersNanos
     *            from a head's first byte to its last, 10 s. Envoy's default is off, which lets a slow client hold a
     *            connection for as long as it likes; no honest head takes that long
     * @param connectionDurationMaxNanos
     *            a connection's whole life; off
     * @param streamDurationMaxNanos
     *            a request's whole life; off
     * @param drainNanos
     *            between the announcement that a connection ends and its end, 5 s
     * @param delayedCloseNanos
     *            how long a connection waits for the peer's close after the last answer, 1 s
     */
    public record Timeouts(long idleNanos, long streamIdleNanos, long requestNanos, long requestHeadersNanos,
            long connectionDurationMaxNanos, long streamDurationMaxNanos, long drainNanos, long delayedCloseNanos) {
        private static final long SECOND = 1_000_000_000L;
        public static final Timeouts DEFAULT = new Timeouts(3600 * SECOND, 300 * SECOND, 0, 10 * SECOND, 0, 0,
                5 * SECOND, SECOND);
    }

    /**
     * Whether HTTP/1.0 is accepted.
     *
     * @param accept
     *            otherwise it is answered with 426, as Envoy does
     * @param defaultHost
     *            stands in for a missing Host field; null: such requests get 400
     */
    public record Http10(boolean accept, @Nullable String defaultHost) {
        public static final Http10 REFUSED = new Http10(false, null);
    }
}
