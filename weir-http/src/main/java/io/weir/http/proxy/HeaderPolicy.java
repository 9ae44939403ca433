package io.weir.http.proxy;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HopByHop;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.grpc.words.GrpcWords;
import io.weir.http.grpc.words.GrpcStatus;
import io.weir.http.proxy.client.Addresses;
import io.weir.http.proxy.client.ForwardedCertificate;
import io.weir.http.proxy.client.ForwardedClient;
import io.weir.http.route.Forward;
import io.weir.net.transport.WorkerSlot;
import io.weir.observe.log.ResponseFlag;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fields that the proxy itself adds, changes and takes out, whatever the routes say: what is for one hop only, who
 * the client was, the request's id, who answered and when. One per client connection; belongs to one worker.
 */
final class HeaderPolicy {
    /** Where a worker writes an id before it goes into a head. */
    private static final WorkerSlot<byte[]> UUID_ROOM = WorkerSlot.of(_ -> new byte[36]);
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] HTTP_1_0 = "1.0 ".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] HTTP_1_1 = "1.1 ".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] HTTP_2 = "2 ".getBytes(StandardCharsets.ISO_8859_1);
    /** What a client outside may not tell an edge proxy. */
    private static final byte[] NO_BYTES = {};
    private static final HeaderName[] INTERNAL = {HeaderName.X_ENVOY_INTERNAL, HeaderName.X_ENVOY_RETRY_ON,
            HeaderName.X_ENVOY_RETRY_GRPC_ON, HeaderName.X_ENVOY_MAX_RETRIES,
            HeaderName.X_ENVOY_HEDGE_ON_PER_TRY_TIMEOUT, HeaderName.X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS,
            HeaderName.X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS, HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS,
            HeaderName.X_ENVOY_ORIGINAL_PATH, HeaderName.X_ENVOY_ATTEMPT_COUNT, HeaderName.X_ENVOY_EXTERNAL_ADDRESS};
    private static final HeaderName[] RARELY_INTERNAL = Stream.of("retriable-status-codes", "retriable-header-names",
            "upstream-rq-timeout-alt-response", "upstream-alt-stat-name",
            "is-timeout-retry", "original-host", "original-url", "ip-tags", "decorator-operation")
            .map(name -> HeaderName.of("x-envoy-" + name)).toArray(HeaderName[]::new);

    private static final HeaderName TIMEOUT_RETRY = HeaderName.of("x-envoy-is-timeout-retry");
    private static final HeaderName X_FORWARDED_PORT = HeaderName.of("x-forwarded-port");

    private final HttpManagerSpec spec;
    private final Downstream downstream;
    private final byte[] serverName;
    private final byte[] via;
    private final byte[] uuid;
    private byte @Nullable [] remoteIp;
    /** Null where no extension finds the client. */
    private final @Nullable ForwardedClient client;
    private final ForwardedCertificate certificate;

    HeaderPolicy(ProxyContext context, Downstream downstream) {
        this.spec = context.spec();
        this.downstream = downstream;
        this.serverName = context.serverName();
        this.via = context.via();
        this.uuid = downstream.worker().slot(UUID_ROOM);
        var rule = spec.clientAddress();
        this.client = rule.detections().isEmpty() ? null : new ForwardedClient(rule);
        this.certificate = new ForwardedCertificate(spec.certificates(), downstream.tls());
    }

    /** The port that the client connected to; 0 for a socket that has none. */
    int localPort() {
        return downstream.localAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    /** The scheme that the client sees. */
    String scheme() {
        return switch (spec.clientAddress().scheme()) {
            case HTTPS -> "https";
            case HTTP -> "http";
            case AS_CAME, UPSTREAM -> downstream.tls() == null ? "http" : "https";
        };
    }

    /** Makes the client's head fit to be routed. */
    void request(HttpHead head, RandomGenerator random) {
        HopByHop.strip(head);
        head.remove(HeaderName.EXPECT);
        certificate.apply(head);
        boolean remote = spec.clientAddress().useRemoteAddress();
        boolean own = own(head);
        boolean edge = remote && !own;
        if (own) {
            head.set(HeaderName.X_ENVOY_INTERNAL, "true");
        }
        if (edge) {
            forget(head);
        }
        if (remote) {
            byte[] ip = remoteIp(); // of no length for a client on a UNIX socket
            if (spec.clientAddress().xffTrustedHops() == 0) {
                head.remove(HeaderName.X_FORWARDED_PROTO);
                if (edge && ip.length > 0) {
                    head.add(HeaderName.X_ENVOY_EXTERNAL_ADDRESS, ip, 0, ip.length);
                }
            }
            if (ip.length > 0 && !spec.clientAddress().skipXffAppend()) {
                append(head, HeaderName.X_FORWARDED_FOR, ip);
            }
        }
        if (spec.clientAddress().appendForwardedPort() && !head.has(X_FORWARDED_PORT)) {
            head.add(X_FORWARDED_PORT, localPort());
        }
        switch (spec.clientAddress().scheme()) {
            case AS_CAME -> {
            }
            case HTTP, HTTPS -> {
                head.scheme(scheme());
                head.remove(HeaderName.X_FORWARDED_PROTO);
            }
            case UPSTREAM -> head.scheme("http");
        }
        if (!head.has(HeaderName.X_FORWARDED_PROTO)) {
            head.add(HeaderName.X_FORWARDED_PROTO, scheme());
        }
        if (spec.requestId().generate()) {
            boolean replace = edge && !spec.requestId().preserveExternal();
            if (replace) {
                head.remove(HeaderName.X_REQUEST_ID);
            }
            if (replace || !head.has(HeaderName.X_REQUEST_ID)) {
                newRequestId(random);
                head.add(HeaderName.X_REQUEST_ID, uuid, 0, uuid.length);
            }
        }
        via(head, downstream.protocol());
    }

    /** Takes out what clients outside may not say. Most say nothing of the kind: one look at each name tells. */
    private static void forget(HttpHead head) {
        for (var name : INTERNAL) {
            head.remove(name);
        }
        for (int i = 0; i < head.count(); i++) {
            int start = head.nameStart(i);
            if (head.nameId(i) == 0 && head.nameEnd(i) - start > 8 && (head.bytes()[start] | 0x20) == 'x'
                    && (head.bytes()[start + 2] | 0x20) == 'e' && (head.bytes()[start + 6] | 0x20) == 'y') {
                for (var name : RARELY_INTERNAL) {
                    if (head.find(name, i) == i) {
                        head.remove(i);
                        break;
                    }
                }
            }
        }
    }

    /**
     * Whether the client is one of our own. Whoever passed another's request on is not, as that other may be anybody:
     * at the edge no entry of {@code x-forwarded-for} may have come along, behind one there is the client's alone.
     */
    private boolean own(HttpHead head) {
        var rule = spec.clientAddress();
        if (rule.internal().isEmpty()) {
            return false;
        }
        if (client != null) {
            client.locate(head, remoteIp());
            return client.trusted() && rule.isInternal(
                    new String(client.bytes(), client.start(), client.end() - client.start(),
                            StandardCharsets.ISO_8859_1));
        }
        int entry = head.find(HeaderName.X_FORWARDED_FOR);
        if (rule.useRemoteAddress()) {
            return entry < 0 && rule.isInternal(new String(remoteIp(), StandardCharsets.ISO_8859_1));
        }
        return entry >= 0 && head.find(HeaderName.X_FORWARDED_FOR, entry + 1) < 0
                && rule.isInternal(head.value(entry).strip());
    }

    /** What a request is answered whose client is not to be found, and has to be; 0: it is served. */
    int rejectStatus(HttpHead head) {
        if (client == null) {
            return 0;
        }
        client.locate(head, remoteIp());
        return client.rejectStatus();
    }

    /** What only a request on its way to a cluster carries. */
    void upstream(HttpHead head, long timeoutNanos) {
        if (!spec.suppressEnvoyHeaders() && timeoutNanos > 0) {
            head.remove(HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS);
            head.add(HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS, timeoutNanos / 1_000_000);
        }
    }

    /** Says that a request was refused because too much is under way, or to lower the load; or stays silent. */
    void overload(HttpHead response, long flags) {
        if (spec.suppressEnvoyHeaders()) {
            return;
        }
        if ((flags & ResponseFlag.UO.bit()) != 0) {
            response.add(HeaderName.X_ENVOY_OVERLOADED, "true");
        }
        if ((flags & ResponseFlag.DO.bit()) != 0) {
            response.add(HeaderName.X_ENVOY_DROP_OVERLOAD, "true");
        }
    }

    /** Tells a host whether the try before this one took too long. */
    static void timeoutRetry(HttpHead head, boolean tookTooLong) {
        head.set(TIMEOUT_RETRY, tookTooLong ? "true" : "false");
    }

    static void attemptCount(HttpHead head, int count) {
        head.remove(HeaderName.X_ENVOY_ATTEMPT_COUNT);
        head.add(HeaderName.X_ENVOY_ATTEMPT_COUNT, count);
    }

    /** Makes a host's response fit for the client. */
    void response(HttpHead head, @Nullable HttpHead request, long upstreamMillis, int attempts,
            @Nullable Forward forward, @Nullable String upstreamProtocol) {
        HopByHop.strip(head);
        if (!spec.suppressEnvoyHeaders()) {
            head.remove(HeaderName.X_ENVOY_UPSTREAM_SERVICE_TIME);
            head.add(HeaderName.X_ENVOY_UPSTREAM_SERVICE_TIME, Math.max(0, upstreamMillis));
        }
        if (forward != null && forward.attemptCountDownstream()) {
            attemptCount(head, attempts);
        }
        requestId(head, request);
        switch (spec.identity().serverHeader()) {
            case OVERWRITE -> {
                head.remove(HeaderName.SERVER);
                head.add(HeaderName.SERVER, serverName, 0, serverName.length);
            }
            case APPEND_IF_ABSENT -> {
                if (!head.has(HeaderName.SERVER)) {
                    head.add(HeaderName.SERVER, serverName, 0, serverName.length);
                }
            }
            case PASS_THROUGH -> {
            }
        }
        if (!head.has(HeaderName.DATE)) {
            date(head);
        }
        via(head, upstreamProtocol);
    }

    /** The body of an answer of Weir's own. Callers of gRPC get none: what they are told stands in the head. */
    static byte[] localBody(HttpHead head, @Nullable HttpHead request, byte[] body, long flags) {
        if (request == null || head.status() == 200 || !GrpcWords.is(request)) {
            return body;
        }
        boolean late = (flags & ResponseFlag.DT.bit()) != 0; // the stream's own deadline, not a server's
        GrpcWords.answer(head, late ? GrpcStatus.DEADLINE_EXCEEDED : GrpcStatus.ofHttp(head.status()), body);
        return NO_BYTES;
    }

    /**
     * Says how the content of an answer of Weir's own is delimited.
     *
     * @return whether any is to be sent
     */
    static boolean frame(HttpHead head, @Nullable HttpHead request, int contentBytes) {
        int status = head.status();
        boolean none = status == 204 || status == 304;
        if (none || (request != null && request.methodIs("HEAD"))) {
            if (!none) {
                head.add(HeaderName.CONTENT_LENGTH, contentBytes);
            }
            head.framing(Framing.NONE, -1);
            return false;
        }
        head.framing(Framing.LENGTH, contentBytes);
        return contentBytes > 0;
    }

    /** What an answer of Weir's own carries. */
    void local(HttpHead head, @Nullable HttpHead request) {
        requestId(head, request);
        date(head);
        head.add(HeaderName.SERVER, serverName, 0, serverName.length);
    }

    private void requestId(HttpHead head, @Nullable HttpHead request) {
        if (spec.requestId().alwaysInResponse() && request != null) {
            String id = request.value(HeaderName.X_REQUEST_ID);
            if (id != null) {
                head.set(HeaderName.X_REQUEST_ID, id);
            }
        }
    }

    private void date(HttpHead head) {
        byte[] now = downstream.worker().httpDate();
        head.add(HeaderName.DATE, now, 0, now.length);
    }

    /** RFC 9110 section 7.6.3, where the configuration names us: how the message came to us, and who we are. */
    private void via(HttpHead head, @Nullable String spoken) {
        if (via.length > 0) {
            byte[] protocol = "HTTP/2".equals(spoken) ? HTTP_2 : head.minorVersion() == 0 ? HTTP_1_0 : HTTP_1_1;
            byte[] value = new byte[protocol.length + via.length];
            System.arraycopy(protocol, 0, value, 0, protocol.length);
            System.arraycopy(via, 0, value, protocol.length, via.length);
            append(head, HeaderName.VIA, value);
        }
    }

    /** Joins all lines of this name and the new value into one line. */
    private static void append(HttpHead head, HeaderName name, byte[] value) {
        String before = head.listed(name);
        if (before == null) {
            head.add(name, value, 0, value.length);
        } else {
            head.set(name, before + ", " + new String(value, StandardCharsets.ISO_8859_1));
        }
    }

    /** The client's address as text; empty when it has none, as on a socket of this machine. */
    byte[] remoteIp() {
        var known = remoteIp;
        if (known == null) {
            String text = downstream.remoteAddress() instanceof InetSocketAddress inet && inet.getAddress() != null
                    ? Addresses.ip(inet.getAddress())
                    : "";
            known = text.getBytes(StandardCharsets.ISO_8859_1);
            remoteIp = known;
        }
        return known;
    }

    /** A random UUID (RFC 9562 section 5.4) as text. */
    private void newRequestId(RandomGenerator random) {
        long high = (random.nextLong() & 0xffffffffffff0fffL) | 0x4000L;
        long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        int at = digits(high >>> 32, 8, 0);
        uuid[at++] = '-';
        at = digits(high >>> 16, 4, at);
        uuid[at++] = '-';
        at = digits(high, 4, at);
        uuid[at++] = '-';
        at = digits(low >>> 48, 4, at);
        uuid[at++] = '-';
        digits(low, 12, at);
    }

    private int digits(long bits, int count, int at) {
        for (int i = 0; i < count; i++) {
            uuid[at + i] = HEX[(int) (bits >>> (4 * (count - 1 - i))) & 15];
        }
        return at + count;
    }
}
