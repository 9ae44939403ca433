package io.weir.bench.side;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param rounds
 *            rounds of each case, in each of which every proxy is loaded once
 * @param seconds
 *            length of one load
 * @param warmUpSeconds
 *            load on a JVM before its first round
 * @param weir
 *            the launcher, or null: peers alone
 */
record Options(List<Case> cases, int rounds, int seconds, int warmUpSeconds, @Nullable Path weir, int proxyCore,
        int loadCore, int connections, int idleConnections) {

    static final String HELP = """
            bench/run [--cases A,B] [--rounds N] [--seconds N] [--warm-up N] [--weir PATH] [--peers-only]
                      [--proxy-core N] [--load-core N] [--connections N] [--idle-connections N]

              --cases             %s (default: all)
              --rounds            rounds, in each of which every proxy is loaded once (5)
              --seconds           length of one load (5)
              --warm-up           seconds of the very load before the first round of a JVM (30)
              --weir              the launcher to measure (./weir)
              --peers-only        haproxy and nginx without Weir
              --proxy-core        the core that every proxy is pinned to (0)
              --load-core         the core of load and backends (1)
              --connections       connections of a load (64)
              --idle-connections  connections of the cases idle and idle-tls (9500)
            """.formatted(Case.names());

    static Options parse(String[] arguments) {
        List<Case> cases = List.of(Case.values());
        int rounds = 5;
        int seconds = 5;
        int warmUp = 30;
        Path weir = Path.of("weir");
        boolean peersOnly = false;
        int proxyCore = 0;
        int loadCore = 1;
        int connections = 64;
        int idle = 9_500;
        List<String> rest = new ArrayList<>(Arrays.asList(arguments));
        while (!rest.isEmpty()) {
            String option = rest.removeFirst();
            switch (option) {
                case "--cases" -> cases = cases(value(option, rest));
                case "--rounds" -> rounds = number(option, rest);
                case "--seconds" -> seconds = number(option, rest);
                case "--warm-up" -> warmUp = number(option, rest);
                case "--weir" -> weir = Path.of(value(option, rest));
                case "--peers-only" -> peersOnly = true;
                case "--proxy-core" -> proxyCore = number(option, rest);
                case "--load-core" -> loadCore = number(option, rest);
                case "--connections" -> connections = number(option, rest);
                case "--idle-connections" -> idle = number(option, rest);
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
        return new Options(cases, rounds, seconds, warmUp, peersOnly ? null : weir.toAbsolutePath(), proxyCore,
                loadCore, connections, idle);
    }

    List<String> onProxyCore() {
        return List.of("taskset", "-c", Integer.toString(proxyCore));
    }

    List<String> onLoadCore() {
        return List.of("taskset", "-c", Integer.toString(loadCore));
    }

    private static List<Case> cases(String names) {
        List<Case> cases = new ArrayList<>();
        for (String name : names.split(",", -1)) {
            cases.add(Arrays.stream(Case.values()).filter(known -> known.option().equals(name.strip())).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "no case " + name.strip() + "; there are " + Case.names())));
        }
        return cases;
    }

    private static int number(String option, List<String> rest) {
        int number = Integer.parseInt(value(option, rest));
        if (number < 0) {
            throw new IllegalArgumentException(option + " wants a number from 0 up, not " + number);
        }
        return number;
    }

    private static String value(String option, List<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException(option + " wants a value");
        }
        return rest.removeFirst();
    }
}
