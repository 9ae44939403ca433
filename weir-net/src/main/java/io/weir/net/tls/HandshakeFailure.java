package io.weir.net.tls;

import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;

/** A host was reached, and TLS could not be agreed on with it; the message says why, without an address. */
public final class HandshakeFailure extends ConnectException {
    private static final long serialVersionUID = 1L;
    /** As the library tells it of the alert of RFC 6066 section 3. */
    private static final String ALERT = "UNRECOGNIZED_NAME";

    HandshakeFailure(Throwable cause) {
        super(reason(cause));
        initCause(cause);
    }

    /** Whether it is for the name that the host was asked for or had to prove: another might have done. */
    public boolean ofName() {
        Throwable cause = getCause();
        Refused refused = cause == null ? null : TlsStats.refused(cause);
        return refused != null
                ? refused.why() == Refused.Why.NAME
                : cause != null && String.valueOf(cause.getMessage()).contains(ALERT);
    }

    /** What is wrong, for people, without an address. */
    static String reason(Throwable cause) {
        Refused refused = TlsStats.refused(cause);
        if (refused != null) {
            return "TLS error: the host's certificate is refused: " + refused.getMessage();
        }
        if (TlsStats.withoutTls(cause)) {
            return "TLS error: the host does not speak TLS";
        }
        return cause instanceof ClosedChannelException
                ? "TLS error: the host closed before TLS was agreed on"
                : "TLS error: " + cause.getMessage();
    }
}
