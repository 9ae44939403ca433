package io.weir.http.h2;

import io.weir.testkit.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A port that accepts nobody: its queue is full, so that who connects waits, and with it whatever has to be sent. */
public final class DeafPort implements AutoCloseable {
    private static final int FILL_MAX = 16;
    private static final int PATIENCE_MILLIS = 300;

    private final ServerSocket server;
    private final List<Socket> queued = new ArrayList<>();

    public DeafPort() throws IOException {
        server = new ServerSocket();
        server.bind(Ports.loopback(Ports.free()), 1);
        for (int i = 0; i < FILL_MAX; i++) {
            var socket = new Socket();
            queued.add(socket);
            try {
                socket.connect(server.getLocalSocketAddress(), PATIENCE_MILLIS);
            } catch (SocketTimeoutException full) {
                return;
            }
        }
        throw new AssertionError("the queue of " + server + " does not fill");
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        for (var socket : queued) {
            socket.close();
        }
        server.close();
    }
}
