package io.weir.http.proxy;

import io.weir.core.balance.Reason;
import io.weir.http.upstream.UpstreamListener.Failure;
import io.weir.observe.log.ResponseFlag;

/**
 * What the client is told when nothing came of a request upstream, in Envoy's words: status, body, the details and the
 * flag of the access log. Immutable.
 */
record Mishap(int status, String body, String details, ResponseFlag flag) {
    private static final String RESET = "upstream connect error or disconnect/reset before headers. reset reason: ";

    /** A limit of the cluster is reached. */
    static final Mishap OVERFLOW = new Mishap(503, RESET + "overflow", "overflow", ResponseFlag.UO);
    /** One try took longer than it may. */
    static final Mishap TRY_TIMEOUT = new Mishap(504, "upstream request timeout", "upstream_per_try_timeout",
            ResponseFlag.UT);
    private static final Mishap QUEUE_TIMEOUT = new Mishap(503, RESET + "overflow", "queue_timeout", ResponseFlag.UO);
    private static final Mishap NONE_HEALTHY = new Mishap(503, "no healthy upstream", "no_healthy_upstream",
            ResponseFlag.UH);
    private static final Mishap DROPPED = new Mishap(503, "drop overload", "drop_overload", ResponseFlag.DO);

    /** No host was picked. */
    static Mishap refused(Reason why) {
        return switch (why) {
            case NO_HOST, NO_HEALTHY_HOST -> NONE_HEALTHY;
            case DROPPED -> DROPPED;
        };
    }

    /** No connection was had; {@code reason} is empty where it is not known. */
    static Mishap unconnected(Failure why, String reason) {
        return switch (why) {
            case OVERFLOW -> OVERFLOW;
            case QUEUE_TIMEOUT -> QUEUE_TIMEOUT;
            case CONNECT -> unconnected("remote connection failure", reason);
            case CONNECT_TIMEOUT -> unconnected("connection timeout", reason);
        };
    }

    private static Mishap unconnected(String what, String reason) {
        return new Mishap(503, RESET + what + (reason.isEmpty() ? "" : ", transport failure reason: " + reason),
                "upstream_reset_before_response_started{" + what.replace(' ', '_') + "}", ResponseFlag.UF);
    }

    /** The host's answer could not be understood. */
    static Mishap protocol(String reason) {
        return new Mishap(502, RESET + "protocol error",
                "upstream_reset_before_response_started{protocol_error|" + reason + "}", ResponseFlag.UPE);
    }

    /** The host closed the connection. */
    static Mishap closed(boolean answered) {
        return new Mishap(503, RESET + "connection termination", "upstream_reset_" + (answered ? "after" : "before")
                + "_response_started{connection_termination}", ResponseFlag.UC);
    }
}
