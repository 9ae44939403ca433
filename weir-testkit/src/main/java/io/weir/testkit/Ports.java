package io.weir.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports of the loopback address, for TCP and UDP alike, for programs that cannot be told "any port". They lie
 * below the range from which the kernel takes the ports of outgoing connections, so that no client of another test
 * takes one between the question and the program's bind. Any thread.
 */
public final class Ports {
    private static final int FIRST = 20_000;
    private static final int LAST = 31_999;
    private static final int ATTEMPTS_MAX = 1_000;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    /**
     * A port on which nobody listens, and which this JVM has not been given before.
     *
     * @throws IllegalStateException
     *             when {@value #ATTEMPTS_MAX} ports in a row were taken
     */
    public static int free() {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
            if (GIVEN.add(port) && bindable(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port between " + FIRST + " and " + LAST);
    }

    private static boolean bindable(int port) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (ServerSocket probe = new ServerSocket(); DatagramSocket datagrams = new DatagramSocket(null)) {
            probe.setReuseAddress(false);
            probe.bind(address);
            datagrams.setReuseAddress(false);
            datagrams.bind(address);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** 127.0.0.1 with this port. */
    public static InetSocketAddress loopback(int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[]{127, 0, 0, 1}), port);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
