package io.weir.app.upgrade;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whoever started this process and wants to know how it does, by the protocol of systemd (sd_notify(3)). Any thread.
 */
public final class Supervisor {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final String VARIABLE = "NOTIFY_SOCKET";

    private Supervisor() {}

    /** Tells something, such as {@code READY=1}; nothing where nobody wants to know. */
    static void tell(String what) {
        String path = System.getenv(VARIABLE);
        if (path != null && !path.isEmpty() && Epoll.isAvailable()) {
            send(path, what);
        }
    }

    /** What it was told to read again is being read; {@link #ready} says when that is over. */
    public static void reloading() {
        tell("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }

    /** This process serves. */
    public static void ready() {
        tell("READY=1");
    }

    /** This process is about to end. */
    public static void stopping() {
        tell("STOPPING=1");
    }

    static void send(String path, String what) {
        byte[] message = what.getBytes(StandardCharsets.UTF_8);
        byte[] address = (path.startsWith("@") ? '\0' + path.substring(1) : path).getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocateDirect(message.length).put(message);
        Socket socket = Socket.newSocketDomainDgram();
        try {
            socket.sendToDomainSocket(bytes, 0, message.length, address);
        } catch (IOException e) {
            LOG.warn("the supervisor at {} is not told {}: {}", path, what, e.toString());
        } finally {
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("a socket could not be closed", e);
            }
        }
    }
}
