package io.weir.http.proxy.visit;

import io.weir.core.balance.Reason;
import io.weir.http.upstream.UpstreamListener.Failure;
import io.weir.http.upstream.UpstreamListener.Reset;
import io.weir.observe.log.ResponseFlag;
import org.jspecify.annotations.Nullable;

/**
 * What the client is told when nothing came of a request upstream, in Envoy's words: status, body, the details and the
 * flag of the access log. Immutable.
 */
public record Mishap(int status, String body, String details, ResponseFlag flag) {
    private static final String RESET = "upstream connect error or disconnect/reset before headers. reset reason: ";
    private static final String TRANSPORT = ", transport failure reason: ";

    /** A limit of the cluster is reached. */
    public static final Mishap OVERFLOW = new Mishap(503, RESET + "overflow", "overflow", ResponseFlag.UO);
    /** One try took longer than it may. */
    public static final Mishap TRY_TIMEOUT = new Mishap(504, "upstream request timeout", "upstream_per_try_timeout",
            ResponseFlag.UT);
    private static final Mishap QUEUE_TIMEOUT = new Mishap(503, RESET + "overflow", "queue_timeout", ResponseFlag.UO);
    private static final Mishap NONE_HEALTHY = new Mishap(503, "no healthy upstream", "no_healthy_upstream",
            ResponseFlag.UH);
    private static final Mishap DROPPED = new Mishap(503, "drop overload", "drop_overload", ResponseFlag.DO);

    /** No host was picked. */
    public static Mishap refused(Reason why) {
        return switch (why) {
            case NO_HOST, NO_HEALTHY_HOST -> NONE_HEALTHY;
            case DROPPED -> DROPPED;
        };
    }

    /** No connection was had; {@code reason} is empty where it is not known. */
    public static Mishap unconnected(Failure why, String reason) {
        return switch (why) {
            case OVERFLOW -> OVERFLOW;
            case QUEUE_TIMEOUT -> QUEUE_TIMEOUT;
            case CONNECT -> unconnected("remote connection failure", reason);
            case CONNECT_TIMEOUT -> unconnected("connection timeout", reason);
        };
    }

    private static Mishap unconnected(String what, String reason) {
        return new Mishap(503, RESET + what + (reason.isEmpty() ? "" : TRANSPORT + reason),
                "upstream_reset_before_response_started{" + what.replace(' ', '_') + "}", ResponseFlag.UF);
    }

    /**
     * The host broke off.
     *
     * @param answered
     *            whether its response had begun
     * @param reason
     *            what was wrong with it, where something was
     * @param tls
     *            what broke the connection's TLS; null: nothing did
     */
    public static Mishap reset(Reset why, boolean answered, String reason, @Nullable String tls) {
        return switch (why) {
            case CLOSED -> reset(503, "connection termination", tls, answered, "", ResponseFlag.UC);
            case REMOTE -> reset(503, "remote reset", null, answered, "", ResponseFlag.UR);
            case REFUSED -> reset(503, "remote refused stream reset", null, answered, "", ResponseFlag.UR);
            case PROTOCOL -> reset(502, "protocol error", null, false, "|" + reason, ResponseFlag.UPE);
        };
    }

    private static Mishap reset(int status, String what, @Nullable String tls, boolean answered, String more,
            ResponseFlag flag) {
        return new Mishap(status, RESET + what + (tls == null ? "" : TRANSPORT + tls), "upstream_reset_"
                + (answered ? "after" : "before") + "_response_started{" + what.replace(' ', '_') + more + "}", flag);
    }
}
