package io.weir.app.upgrade;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Stats;
import io.weir.net.handover.ListeningSockets;
import io.weir.net.handover.Predecessor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether this process takes over from another, and how that one does. Any thread. */
public final class Succession {
    /** By this variable a process is told where the one before waits for it. */
    static final String VARIABLE = "WEIR_HANDOVER";

    private static final Logger LOG = LoggerFactory.getLogger(Succession.class);

    private final @Nullable Predecessor predecessor;
    private volatile long parentConnections;
    private volatile boolean left;

    private Succession(@Nullable Predecessor predecessor) {
        this.predecessor = predecessor;
    }

    /**
     * Meets the process before, if there is one, and has its sockets ready for listeners.
     *
     * @throws IOException
     *             when there is one, and it cannot be met; it serves on
     */
    public static Succession begin() throws IOException {
        String path = System.getenv(VARIABLE);
        return new Succession(path == null || path.isEmpty()
                ? null
                : Predecessor.meet(Path.of(path), ListeningSockets.PROCESS));
    }

    /** Nobody came before. */
    public static Succession none() {
        return new Succession(null);
    }

    /** How many processes came before this one, each by a handover. */
    public int epoch() {
        return predecessor == null ? 0 : predecessor.epoch() + 1;
    }

    /** Connections that are left at the process before. */
    public long parentConnections() {
        return parentConnections;
    }

    /** What became of it, for people; empty where nobody came before. Over when that one listens nowhere any more. */
    public String text() {
        return predecessor == null
                ? ""
                : (left ? "took over from " : "taking over from ") + predecessor.pid() + ", epoch " + epoch();
    }

    /** This process serves: the one before leaves. What it still counts is added here until it is gone. */
    public void serving(Stats stats) {
        Predecessor before = predecessor;
        if (before == null) {
            return;
        }
        try {
            before.serving();
        } catch (IOException e) {
            LOG.warn("the process before, {}, does not hear that this one serves: {}", before.pid(), e.getMessage());
        }
        LOG.info("took over from process {}", before.pid());
        Thread.ofPlatform().daemon().name("weir-succession").start(() -> before.follow(new Heritage(stats)));
    }

    /** This process will not serve. */
    public void failed(String why) {
        if (predecessor != null) {
            predecessor.failed(why);
        }
    }

    /** Adds what the process before counts to the counters of the same names. */
    private final class Heritage implements Predecessor.Follower {
        private final Stats stats;
        private final Map<String, Counter> known = new HashMap<>();

        Heritage(Stats stats) {
            this.stats = stats;
        }

        @Override
        public void connections(long now) {
            parentConnections = now;
            if (!left) { // it tells its connections when it has closed everything that listens
                left = true;
                ListeningSockets.PROCESS.inherited();
            }
        }

        @Override
        public void counted(String name, long more) {
            Counter counter = known.get(name);
            if (counter == null) {
                stats.forEach(metric -> {
                    if (metric instanceof Counter each) {
                        known.put(each.name(), each);
                    }
                });
                counter = known.get(name);
            }
            if (counter != null) {
                counter.add(more);
            }
        }

        @Override
        public void gone() {
            parentConnections = 0;
            left = true;
            LOG.info("the process before is gone");
        }
    }
}
