package io.weir.bench.flood;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Sends every {@link Flood} for some seconds to a Weir that runs already, with an honest client beside, and prints a
 * table: {@code floods PORT PID BACKEND_PORT [SECONDS [NAME]]}. The Weir has its cluster's host at the backend port,
 * where this program listens.
 */
public final class Floods {
    private static final int SECONDS = 10;
    private static final int PIECES = 1_024;
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final long PACE_MILLIS = 20;

    private final int port;
    private final long pid;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2)
            .connectTimeout(Duration.ofSeconds(5)).build();

    private Floods(int port, long pid) {
        this.port = port;
        this.pid = pid;
    }

    /** How the honest client fared. */
    private record Fared(int answered, int failed, double medianMillis, double worstMillis, long residentMax) {
    }

    /** Runs them all, or those whose name holds a text. */
    public static void main(String[] args) throws Exception {
        int seconds = args.length > 3 ? Integer.parseInt(args[3]) : SECONDS;
        var backend = backend(Integer.parseInt(args[2]));
        var floods = new Floods(Integer.parseInt(args[0]), Long.parseLong(args[1]));
        System.out.println("| flood | attackers | connections | MB sent | how they ended | honest requests | failed "
                + "| median ms | worst ms | resident MiB before | most |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        floods.beside(System.nanoTime() + TimeUnit.SECONDS.toNanos(3)); // warm
        System.out.println(floods.row(new Flood("none", 0, Wire.NOTHING, _ -> Wire.NOTHING, 0, true), seconds));
        for (var flood : Flood.all()) {
            if (args.length < 5 || flood.name().contains(args[4])) {
                System.out.println(floods.row(flood, seconds));
                Thread.sleep(2_000);
            }
        }
        backend.stop(0);
        System.exit(0);
    }

    private static HttpServer backend(int port) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_024);
        byte[] ok = "ok".getBytes(StandardCharsets.US_ASCII);
        byte[] piece = new byte[16 << 10];
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                String path = exchange.getRequestURI().getPath();
                if (path.equals("/wait")) {
                    Thread.sleep(500);
                }
                boolean large = path.equals("/large");
                exchange.sendResponseHeaders(200, large ? (long) PIECES * piece.length : ok.length);
                for (int i = 0; large && i < PIECES; i++) { // this server copies each write
                    exchange.getResponseBody().write(piece);
                }
                if (!large) {
                    exchange.getResponseBody().write(ok);
                }
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return server;
    }

    private String row(Flood flood, int seconds) throws InterruptedException, IOException {
        long before = resident();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        var attackers = Attackers.start(flood, port, end);
        var fared = beside(end);
        attackers.await();
        return String.format(Locale.ROOT, "| %s | %d | %d | %.0f | %s | %d | %d | %.1f | %.0f | %d | %d |",
                flood.name(),
                flood.connections(), attackers.connections(), attackers.megabytes(), attackers.ends(),
                fared.answered + fared.failed, fared.failed, fared.medianMillis, fared.worstMillis, before,
                fared.residentMax);
    }

    private Fared beside(long endNanos) throws InterruptedException, IOException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .timeout(Duration.ofSeconds(10)).build();
        List<Double> millis = new ArrayList<>();
        int failed = 0;
        long most = resident();
        while (System.nanoTime() < endNanos) {
            long begun = System.nanoTime();
            try {
                if (client.send(request, BodyHandlers.ofString()).statusCode() == 200) {
                    millis.add((System.nanoTime() - begun) / 1e6);
                } else {
                    failed++;
                }
            } catch (IOException e) {
                failed++;
            }
            most = Math.max(most, resident());
            Thread.sleep(PACE_MILLIS);
        }
        Collections.sort(millis);
        return new Fared(millis.size(), failed, millis.isEmpty() ? 0 : millis.get(millis.size() / 2),
                millis.isEmpty() ? 0 : millis.getLast(), most);
    }

    private long resident() throws IOException {
        var found = RESIDENT.matcher(Files.readString(Path.of("/proc", Long.toString(pid), "status"),
                StandardCharsets.UTF_8));
        return found.find() ? Long.parseLong(found.group(1)) / 1024 : 0;
    }
}
