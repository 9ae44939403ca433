package io.weir.http.upstream;

import io.weir.net.tls.HandshakeFailure;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection could not be had, in the words of the system and Envoy's form. A client reads it in the body of its
 * 503: so there is no address in it, and no word of a library.
 */
final class ConnectReason {
    /** What strerror(3) says of the errors that connect(2), bind(2) and socket(2) may have. */
    private static final List<String> KNOWN = List.of("Connection refused", "No route to host",
            "Network is unreachable", "Network is down", "Host is down", "Connection reset", "Connection timed out",
            "Cannot assign requested address", "Address already in use", "Permission denied",
            "Operation not permitted", "No such file or directory", "Too many open files",
            "Resource temporarily unavailable", "No buffer space available", "Invalid argument");

    private ConnectReason() {}

    /** {@code delayed connect error: Connection refused}; empty when nothing more is known than that it failed. */
    static String of(@Nullable Throwable cause) {
        String message = cause == null ? null : cause.getMessage();
        if (cause instanceof HandshakeFailure) {
            return String.valueOf(message);
        }
        if (cause instanceof UnknownHostException) {
            return "delayed connect error: Name not resolved";
        }
        if (message == null || cause instanceof ClosedChannelException) {
            return "";
        }
        for (String known : KNOWN) {
            if (message.contains(known)) {
                return "delayed connect error: " + known;
            }
        }
        return "";
    }
}
