package io.weir.stream.tcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** A server of plain sockets, each connection a script on a thread of its own. */
final class Backend implements AutoCloseable {
    interface Script {
        void run(Socket socket) throws IOException;
    }

    final AtomicInteger connections = new AtomicInteger();
    private final ServerSocket server;

    private Backend(Script script) {
        try {
            server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    connections.incrementAndGet();
                    Thread.startVirtualThread(() -> serve(script, socket));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    static Backend of(Script script) {
        return new Backend(script);
    }

    /** Sends back what it gets, up to the end of what it gets. */
    static Backend echo() {
        return of(socket -> {
            socket.getInputStream().transferTo(socket.getOutputStream());
            socket.shutdownOutput();
        });
    }

    private static void serve(Script script, Socket socket) {
        try (socket) {
            script.run(socket);
        } catch (IOException e) {
            // the test sees what became of the connection at its own end
        }
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
