package io.weir.app.cli;

import io.weir.app.boot.RunOptions;
import io.weir.app.boot.Running;
import io.weir.app.boot.Source;
import io.weir.app.upgrade.Supervisor;
import io.weir.xds.resource.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A run from start to stop with some traffic of its own, on loopback and ports that are free: what an AOT cache is made
 * from. Whatever a first request or a first scrape touches is touched here, so that the cache holds it.
 */
final class Rehearsal {
    private static final int REQUESTS = 400;
    private static final int CONNECTIONS = 20;
    private static final int TIMEOUT_MILLIS = 10_000;

    private Rehearsal() {}

    /** False, with the reason printed, when something did not go as it should. */
    static boolean run(PrintWriter err) {
        try {
            Path file = Files.createTempFile("weir-rehearsal", ".yaml");
            try {
                Files.writeString(file, configuration());
                commands(file);
                return serve(file, err);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            err.println("weir: the rehearsal failed: " + e);
            return false;
        }
    }

    private static boolean serve(Path file, PrintWriter err) throws IOException {
        switch (Running.start(Source.file(file), RunOptions.of(2, 2, true))) {
            case Running.Start.Refused(List<Problem> problems) -> {
                problems.forEach(err::println);
                return false;
            }
            case Running.Start.Serving(Running running) -> {
                running.obeySignals();
                Supervisor.ready();
                List<SocketAddress> listeners = running.addresses();
                int answered = requests((InetSocketAddress) listeners.get(0));
                answered += requests((InetSocketAddress) listeners.get(1));
                if (running.adminAddress() instanceof InetSocketAddress admin) {
                    for (String page : List.of("/ready", "/stats", "/stats/prometheus", "/clusters", "/server_info",
                            "/listeners", "/config_dump")) {
                        exchange(admin, "GET " + page + " HTTP/1.1\r\nHost: weir\r\nConnection: close\r\n\r\n");
                    }
                }
                running.drain(false);
                running.awaitStopped();
                if (answered == 0) {
                    err.println("weir: no request of the rehearsal was answered");
                }
                return answered > 0;
            }
        }
    }

    /** The commands that people use most, so that their parser is in the cache too. */
    private static void commands(Path file) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        for (String[] arguments : new String[][]{{"version"}, {"check", file.toString()},
                {"expand", file.toString()},
                {"--help"}, {"run", "--mode", "validate", "--concurrency", "2", file.toString()}}) {
            Main.run(arguments, nowhere, nowhere);
        }
    }

    private static int requests(InetSocketAddress listener) throws IOException {
        int answered = 0;
        for (int connection = 0; connection < CONNECTIONS; connection++) {
            StringBuilder requests = new StringBuilder();
            for (int i = 1; i < REQUESTS / CONNECTIONS; i++) {
                requests.append("GET /a/").append(i).append("?b=c HTTP/1.1\r\nHost: weir.example\r\nUser-Agent: x\r\n")
                        .append("Accept: */*\r\n\r\n");
            }
            requests.append(
                    "POST /form HTTP/1.1\r\nHost: weir.example\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
            answered += exchange(listener, requests.toString()).split("HTTP/1.1 200", -1).length - 1;
        }
        return answered;
    }

    private static String exchange(InetSocketAddress to, String bytes) throws IOException {
        try (Socket socket = new Socket(to.getAddress(), to.getPort())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
            try (InputStream in = socket.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            }
        }
    }

    private static String configuration() throws IOException {
        try (ServerSocket one = anyPort(); ServerSocket two = anyPort(); ServerSocket three = anyPort()) {
            return """
                    admin: "127.0.0.1:0"
                    listen:
                      - on: "127.0.0.1:0"
                        log: stdout
                        routes:
                          - { path: /a/, to: demo, timeout: 3s, retries: 2 }
                          - { to: demo }
                      - { on: "127.0.0.1:0", protocol: tcp, to: streams }
                    services:
                      demo: { demo: ["127.0.0.1:%1$d", "127.0.0.1:%2$d", "127.0.0.1:%3$d"] }
                      streams: { at: ["127.0.0.1:%1$d", "127.0.0.1:%2$d"], balance: least_request }
                    """.formatted(one.getLocalPort(), two.getLocalPort(), three.getLocalPort());
        }
    }

    private static ServerSocket anyPort() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
}
