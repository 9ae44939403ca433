package io.weir.app.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many files the process may have open, connections among them, and how many it has: by what Linux says in
 * {@code /proc}. The JVM has raised the soft limit to the hard one by then. Any thread.
 */
final class Descriptors {
    /** Nobody knows, as on other systems. */
    static final long UNKNOWN = -1;

    private static final Logger LOG = LoggerFactory.getLogger(Descriptors.class);
    /** Below this a busy proxy runs out: two for each connection that is passed on, besides what the process needs. */
    private static final long FEW = 8192;
    private static final String LIMIT = "Max open files";

    private Descriptors() {}

    /** The limit; {@link Long#MAX_VALUE} where there is none. */
    static long most() {
        try {
            return most(Files.readAllLines(Path.of("/proc/self/limits")));
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    /** The soft limit among the lines of proc_pid_limits(5). */
    static long most(List<String> limits) {
        for (String line : limits) {
            if (line.startsWith(LIMIT)) {
                String soft = line.substring(LIMIT.length()).strip().split(" +", 2)[0];
                try {
                    return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
                } catch (NumberFormatException e) {
                    return UNKNOWN;
                }
            }
        }
        return UNKNOWN;
    }

    /** How many are open now. */
    static long open() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    /** Says what the limit means, with a warning where it is small. */
    static void report() {
        long most = most();
        if (most == UNKNOWN || most == Long.MAX_VALUE) {
            return;
        }
        if (most < FEW) {
            LOG.warn("may have {} files open: no more than {} connections that are passed on; raise it with ulimit -n"
                    + " or LimitNOFILE", most, connections(most, open()));
        } else {
            LOG.info("may have {} files open: about {} connections that are passed on", most,
                    connections(most, open()));
        }
    }

    /** Each connection that is passed on takes two: the client's and the host's. */
    static long connections(long most, long open) {
        return Math.max(0, most - Math.max(0, open)) / 2;
    }
}
