package io.weir.bench.side;

import io.weir.testkit.H2load;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.Wrk;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** One case: every proxy is up at the same time, and they are loaded in turn, round after round. */
final class Contest {
    private static final int SETTLE_SECONDS = 1;
    private static final long STARTUP_MAX_NANOS = 60_000_000_000L;
    private static final long IDLE_NANOS = 10_000_000_000L;
    private static final int KIBI = 1024;
    private static final long PROBE_PAUSE_NANOS = 200_000;
    /**
     * How many requests each connection of HTTP/2 has under way: fewer connections than by HTTP/1.1, as many requests.
     */
    private static final int STREAMS = 8;

    private final Case measured;
    private final List<Proxy> proxies;
    private final Field field;
    private final Options options;

    Contest(Case measured, List<Proxy> proxies, Field field, Options options) {
        this.measured = measured;
        this.proxies = proxies;
        this.field = field;
        this.options = options;
    }

    /** The figures by the proxies' names, in their order. */
    Map<String, Figures> run() {
        Map<String, Figures> figures = new LinkedHashMap<>();
        List<Proxy> present = new ArrayList<>();
        for (Proxy proxy : proxies) {
            figures.put(proxy.name(), new Figures());
            Optional<String> missing = proxy.missing(measured.mode());
            missing.ifPresentOrElse(figures(figures, proxy)::remark, () -> present.add(proxy));
        }
        switch (measured) {
            case HTTP1_SMALL, HTTP1_10K, H2_H1, H2_H2, TLS_HTTP1_SMALL, TLS_H2_H1, TLS_HANDSHAKE_FULL,
                    TLS_HANDSHAKE_RESUMED, TCP_SMALL, TCP_BULK, TCP_BULK_TUNED ->
                loadInTurn(present, figures);
            case IDLE, IDLE_TLS -> present.forEach(proxy -> idle(proxy, figures(figures, proxy)));
            case STARTUP -> startInTurn(present, figures);
            case ALLOCATION -> present.stream().filter(Proxy.WeirPeer.class::isInstance)
                    .forEach(proxy -> allocation(proxy, figures(figures, proxy)));
        }
        return figures;
    }

    private record Running(Proxy proxy, PeerProcess process, int front) implements AutoCloseable {
        @Override
        public void close() {
            process.close();
        }
    }

    private Running start(Proxy proxy) {
        int front = Ports.free();
        return new Running(proxy, proxy.start(measured.mode(), front, field.ground(measured), options, front), front);
    }

    private void loadInTurn(List<Proxy> present, Map<String, Figures> figures) {
        List<Running> running = new ArrayList<>();
        try {
            for (Proxy proxy : present) {
                Running one = start(proxy);
                running.add(one);
                load(one, warmUpSeconds(proxy), new Figures());
            }
            for (int round = 1; round <= options.rounds(); round++) {
                SideBySide.progress(measured.option() + " round " + round + " of " + options.rounds());
                for (Running one : running) {
                    load(one, options.seconds(), figures(figures, one.proxy()));
                }
            }
        } finally {
            running.forEach(Running::close);
        }
    }

    private int warmUpSeconds(Proxy proxy) {
        return proxy instanceof Proxy.WeirPeer ? Math.max(SETTLE_SECONDS, options.warmUpSeconds()) : SETTLE_SECONDS;
    }

    /** One load; its CPU time per unit of work goes into the figures. */
    private void load(Running one, int seconds, Figures into) {
        double before = Usage.cpuSeconds(one.process());
        switch (measured) {
            case TCP_BULK, TCP_BULK_TUNED -> {
                long bytes = BulkSource.read(one.front(), seconds);
                double gigabytes = bytes / 1e9;
                into.add((Usage.cpuSeconds(one.process()) - before) / gigabytes);
                into.rate(gigabytes / seconds);
            }
            case H2_H1, H2_H2, TLS_H2_H1 -> {
                H2load.Report report = H2load.on(url(one, "/")).streams(STREAMS)
                        .connections(Math.max(1, options.connections() / STREAMS)).seconds(seconds)
                        .launcher(options.onLoadCore()).run();
                into.add((Usage.cpuSeconds(one.process()) - before) * 1e6 / report.requests());
                into.rate(report.requestsPerSecond());
                into.errors(report.errors());
            }
            case TLS_HANDSHAKE_FULL, TLS_HANDSHAKE_RESUMED -> {
                Handshakes.Report report = Handshakes.make(one.front(), measured == Case.TLS_HANDSHAKE_RESUMED,
                        seconds);
                into.add((Usage.cpuSeconds(one.process()) - before) * 1e6 / report.connections());
                into.rate((double) report.connections() / seconds);
                into.errors(report.errors());
            }
            case HTTP1_SMALL, HTTP1_10K, TLS_HTTP1_SMALL, TCP_SMALL, IDLE, IDLE_TLS, STARTUP, ALLOCATION -> {
                Wrk.Report report = wrk(one, seconds);
                into.add((Usage.cpuSeconds(one.process()) - before) * 1e6 / report.requests());
                into.rate(report.requestsPerSecond());
                into.tail(report.p99Nanos() / 1e6);
                into.errors(report.errors());
            }
        }
    }

    private String url(Running one, String path) {
        return (measured.mode() == Proxy.Mode.TLS ? "https" : "http") + "://127.0.0.1:" + one.front() + path;
    }

    private Wrk.Report wrk(Running one, int seconds) {
        String path = measured == Case.HTTP1_10K ? "/10k" : "/";
        Wrk.Report report = Wrk.on(url(one, path)).connections(options.connections())
                .seconds(seconds).launcher(options.onLoadCore()).run();
        if (report.requests() == 0) {
            throw new IllegalStateException("no request was answered: " + one.process().output());
        }
        return report;
    }

    private void idle(Proxy proxy, Figures into) {
        try (Running one = start(proxy)) {
            SideBySide.progress(measured.option() + " " + proxy.name());
            double atStart = Usage.residentMebibytes(one.process());
            try (IdleClients _ = new IdleClients(one.front(), options.idleConnections(), measured == Case.IDLE_TLS)) {
                // what making the connections took, a proxy may have given back by now
                LockSupport.parkNanos(IDLE_NANOS);
                double withThem = Usage.residentMebibytes(one.process());
                into.add(withThem);
                into.remark("%.0f MiB before the first connection, %.1f KiB for each".formatted(atStart,
                        (withThem - atStart) * KIBI / options.idleConnections()));
            }
        }
    }

    private void startInTurn(List<Proxy> present, Map<String, Figures> figures) {
        for (int round = 1; round <= options.rounds(); round++) {
            SideBySide.progress(measured.option() + " round " + round + " of " + options.rounds());
            for (Proxy proxy : present) {
                int front = Ports.free();
                long begin = System.nanoTime();
                try (PeerProcess process = proxy.start(measured.mode(), front, field.ground(measured), options)) {
                    awaitProxied(process, front, begin);
                    figures(figures, proxy).add((System.nanoTime() - begin) / 1e6);
                }
            }
        }
    }

    private static void awaitProxied(PeerProcess process, int front, long begin) {
        while (!proxied(front)) {
            if (!process.alive() || System.nanoTime() - begin > STARTUP_MAX_NANOS) {
                throw new IllegalStateException("never answered: " + process.output());
            }
            LockSupport.parkNanos(PROBE_PAUSE_NANOS);
        }
    }

    private static boolean proxied(int front) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(1_000);
            socket.connect(Ports.loopback(front));
            socket.getOutputStream().write(IdleClients.REQUEST);
            byte[] start = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return new String(start, StandardCharsets.ISO_8859_1).equals("HTTP/1.1 200");
        } catch (SocketTimeoutException slow) {
            throw new IllegalStateException("accepted and did not answer", slow);
        } catch (IOException notYet) {
            return false;
        }
    }

    private void allocation(Proxy proxy, Figures into) {
        try (Running one = start(proxy)) {
            wrk(one, warmUpSeconds(proxy));
            long pid = HeapUse.jvm(one.process()).orElseThrow(() -> new IllegalStateException("no JVM found"));
            for (int round = 1; round <= options.rounds(); round++) {
                SideBySide.progress(measured.option() + " round " + round + " of " + options.rounds());
                double before = HeapUse.allocatedBytes(pid);
                Wrk.Report report = wrk(one, options.seconds());
                into.add((HeapUse.allocatedBytes(pid) - before) / report.requests());
                into.errors(report.errors());
            }
        }
    }

    private static Figures figures(Map<String, Figures> all, Proxy proxy) {
        Figures figures = all.get(proxy.name());
        if (figures == null) {
            throw new IllegalStateException("no figures for " + proxy.name());
        }
        return figures;
    }
}
