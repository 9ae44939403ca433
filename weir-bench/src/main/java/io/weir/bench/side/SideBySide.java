package io.weir.bench.side;

import io.weir.testkit.Await;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The side-by-side harness. Prints a markdown table to standard output and progress to standard error; writes no file.
 * Exit codes: 0 done, 1 a load had errors, 2 wrong options or no peers.
 */
public final class SideBySide {
    private static final Duration REHEARSAL_MAX = Duration.ofMinutes(5);

    private SideBySide() {}

    public static void main(String[] arguments) {
        if (List.of(arguments).contains("--help")) {
            System.out.print(Options.HELP);
            return;
        }
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + Options.HELP);
            System.exit(2);
            return;
        }
        for (String program : List.of("haproxy", "nginx", "wrk", "taskset")) {
            if (Peers.find(program).isEmpty()) {
                System.err.println(program + " is not installed (Debian: apt-get install haproxy nginx wrk)");
                System.exit(2);
            }
        }
        if (options.cases().stream().anyMatch(Case::http2) && Peers.find("h2load").isEmpty()) {
            System.err.println("h2load is not installed (Debian: apt-get install nghttp2-client)");
            System.exit(2);
        }
        System.exit(run(options) ? 0 : 1);
    }

    private static boolean run(Options options) {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            progress("one core only: load and proxy disturb each other");
        }
        if (options.weir() != null) {
            progress(Tool.output(options.weir().toString(), "version").strip()); // builds it on first use
        }
        Tool.output("taskset", "-a", "-p", "-c", Integer.toString(options.loadCore()),
                Long.toString(ProcessHandle.current().pid()));
        Map<Case, Map<String, Figures>> results = new EnumMap<>(Case.class);
        try (Field field = new Field(options)) {
            if (options.weir() != null) {
                rehearse(options.weir(), field, options);
            }
            for (Case measured : options.cases()) {
                results.put(measured, new Contest(measured, proxies(measured, options), field, options).run());
            }
        }
        System.out.println(headline(options));
        System.out.println(new Table().write(results));
        return results.values().stream().flatMap(figures -> figures.values().stream())
                .allMatch(figures -> figures.errors() == 0);
    }

    /**
     * The first start after a build has the JVM's cache made, on the same core: that is over before anything counts.
     */
    private static void rehearse(Path weir, Field field, Options options) {
        Path cache = weir.resolveSibling("weir-app/target/weir.aot");
        if (Files.exists(cache) || !Files.exists(weir.resolveSibling("weir-app"))) {
            return; // made before, or an installed one, which was made with its cache
        }
        int front = Ports.free();
        PeerProcess first = new Proxy.WeirPeer("weir", weir).start(Proxy.Mode.HTTP, front,
                field.ground(Case.HTTP1_SMALL), options, front);
        try (first) {
            Await.until(REHEARSAL_MAX, () -> "the cache " + cache, () -> Files.exists(cache));
        }
    }

    private static List<Proxy> proxies(Case measured, Options options) {
        List<Proxy> proxies = new ArrayList<>();
        proxies.add(new Proxy.HaproxyPeer("haproxy",
                measured == Case.TCP_BULK_TUNED ? "  tune.bufsize 131072" : "  # buffers as compiled in"));
        proxies.add(new Proxy.NginxPeer("nginx"));
        if (options.weir() != null) {
            proxies.add(new Proxy.WeirPeer("weir", options.weir()));
        }
        return proxies;
    }

    private static String headline(Options options) {
        return """
                ## Side by side, %s

                %d cores, Linux %s, %s, %s; each proxy one thread on core %d, load and backends on core %d;
                %d rounds of %d s, %d connections, JVM warmed for %d s.
                """.formatted(LocalDate.now(ZoneOffset.UTC), cores(), System.getProperty("os.version"),
                Tool.output("haproxy", "-v").lines().findFirst().orElse("haproxy").replaceAll(" - .*", ""),
                Tool.output("nginx", "-v").strip().replace("nginx version: ", ""), options.proxyCore(),
                options.loadCore(), options.rounds(), options.seconds(), options.connections(),
                options.warmUpSeconds());
    }

    private static long cores() {
        return Long.parseLong(Tool.output("getconf", "_NPROCESSORS_ONLN").strip());
    }

    static void progress(String text) {
        System.err.println("[bench] " + text);
    }
}
