package io.weir.http.proxy;

import io.weir.http.codec.Reject;
import io.weir.observe.log.ResponseFlag;

/**
 * Why an exchange ends before its time. Immutable.
 *
 * @param status
 *            the answer, where none has begun
 * @param details
 *            for logs
 * @param flags
 *            of {@link ResponseFlag}
 */
public record EarlyEnd(int status, String details, long flags) {
    /**
     * Its turn to end has come in a drain: a tunnel, or an answer that may have no end. The details are Envoy's of
     * connections it closes.
     */
    public static final EarlyEnd DRAINED = new EarlyEnd(503, "downstream_local_disconnect(drain)",
            ResponseFlag.DC.bit());
    /** It holds more memory than there is for it. */
    public static final EarlyEnd OVERLOADED = new EarlyEnd(503, "overload", ResponseFlag.OM.bit());

    /** A filter did what none may. */
    static EarlyEnd failed(String details) {
        return new EarlyEnd(500, details, 0);
    }

    /** The body is out of its grammar; there is no telling where the next request would begin. */
    public static EarlyEnd broken(Reject why) {
        return new EarlyEnd(why.status(), why.details(), ResponseFlag.DPE.bit());
    }
}
