package io.weir.net.tls;

import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;

/** A host was reached, and TLS could not be agreed on with it; the message says why, without an address. */
public final class HandshakeFailure extends ConnectException {
    private static final long serialVersionUID = 1L;

    HandshakeFailure(Throwable cause) {
        super(reason(cause));
        initCause(cause);
    }

    private static String reason(Throwable cause) {
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
