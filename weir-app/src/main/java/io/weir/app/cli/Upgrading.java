package io.weir.app.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks a running Weir, by its admin, to have a new process take over, and waits for what comes of it. */
final class Upgrading {
    /** Somewhat longer than the process itself waits for the new one. */
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(150);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int LINE_MAX = 4096;
    private static final int OK = 200;

    private final SocketAddress admin;

    private Upgrading(SocketAddress admin) {
        this.admin = admin;
    }

    /** An answer of the admin. */
    private record Answer(int status, String line) {
    }

    /**
     * Upgrades the Weir whose admin listens there.
     *
     * @throws IllegalArgumentException
     *             when that is neither HOST:PORT nor a path
     */
    static int run(String admin, PrintWriter out, PrintWriter err) {
        Upgrading upgrading = new Upgrading(address(admin));
        try {
            Answer begun = upgrading.ask("POST", "/upgrade");
            if (begun.status != OK) {
                err.println("weir: " + begun.line);
                return ExitCode.FAILURE.number();
            }
            String from = begun.line.substring(begun.line.lastIndexOf(' ') + 1);
            return upgrading.await("took over from " + from + ",", out, err);
        } catch (IOException e) {
            err.println("weir: the admin at " + admin + " does not answer: " + e.getMessage());
            return ExitCode.FAILURE.number();
        }
    }

    private int await(String success, PrintWriter out, PrintWriter err) {
        long deadlineNanos = System.nanoTime() + WAIT_NANOS_MAX;
        while (System.nanoTime() - deadlineNanos < 0) {
            try {
                String line = ask("GET", "/upgrade_state").line;
                if (line.startsWith(success)) {
                    out.println("the new process " + line);
                    return ExitCode.OK.number();
                }
                if (line.startsWith("failed: ")) {
                    err.println("weir: the upgrade " + line + "; the process before serves on");
                    return ExitCode.FAILURE.number();
                }
            } catch (IOException e) {
                // the admin changes hands: the next look finds the new one
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        err.println("weir: the upgrade has come to no end yet; the log says how it goes on");
        return ExitCode.FAILURE.number();
    }

    static SocketAddress address(String text) {
        if (text.startsWith("/") || text.startsWith(".")) {
            return UnixDomainSocketAddress.of(text);
        }
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            String host = colon < 1 ? "127.0.0.1" : text.substring(0, colon);
            return new InetSocketAddress(host, port);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text + " is no address of an admin; write HOST:PORT or the path of its"
                    + " socket", e);
        }
    }

    private Answer ask(String method, String path) throws IOException {
        try (SocketChannel channel = admin instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open()) {
            if (admin instanceof InetSocketAddress inet && inet.isUnresolved()) {
                throw new IOException("no such host");
            }
            channel.connect(admin);
            channel.write(ByteBuffer.wrap((method + ' ' + path + " HTTP/1.1\r\nHost: weir\r\nContent-Length: 0\r\n"
                    + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
            String answer = new String(Channels.newInputStream(channel).readNBytes(LINE_MAX), StandardCharsets.UTF_8);
            int head = answer.indexOf("\r\n\r\n");
            String[] start = answer.split(" ", 3);
            if (head < 0 || start.length < 3) {
                throw new IOException("no HTTP");
            }
            return new Answer(Integer.parseInt(start[1]), answer.substring(head + 4).strip());
        } catch (NumberFormatException e) {
            throw new IOException("no HTTP", e);
        }
    }
}
