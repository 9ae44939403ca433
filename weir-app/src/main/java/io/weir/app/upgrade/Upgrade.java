package io.weir.app.upgrade;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Stats;
import io.weir.net.handover.ListeningSockets;
import io.weir.net.handover.Successor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the process that is to take over from this one, by the command line and with the environment of this one, and
 * hands the listening sockets over. If it does not come to serve, this one goes on as if nothing had been. Any thread.
 */
public final class Upgrade {
    /** How the text of a process begins in whose place another serves. */
    public static final String HANDED_OVER = "handed over to ";

    private static final Logger LOG = LoggerFactory.getLogger(Upgrade.class);
    /** After this a process that does not serve yet is ended. */
    private static final long SERVES_NANOS_MAX = TimeUnit.SECONDS.toNanos(120);
    private static final long TELL_MILLIS = 1_000;

    private final Leaver leaver;
    private final Stats stats;
    private final AtomicReference<State> state = new AtomicReference<>(new State.None());

    /** Who leaves when another has taken over. */
    public interface Leaver {
        /** How many processes came before this one. */
        int epoch();

        /** One begins: what is being changed is done first, and further changes wait for {@link #stay} or the end. */
        void settle();

        /** Nothing came of it: what has waited is changed now. */
        void stay();

        /**
         * Another serves: everything that listens is closed, the admin too, before this returns, and connections are
         * asked to end.
         */
        void leave();

        /** Connections left. */
        long connections();

        /** Waits; whether all is over by then. */
        boolean over(long millis) throws InterruptedException;
    }

    private sealed interface State {
        record None() implements State {
        }

        record Under() implements State {
        }

        record Failed(String why) implements State {
        }

        record Left(long pid) implements State {
        }
    }

    public Upgrade(Leaver leaver, Stats stats) {
        this.leaver = leaver;
        this.stats = stats;
    }

    /** Begins; false when one is under way, or has been. */
    public boolean begin() {
        State before = state.get();
        boolean may = before instanceof State.None || before instanceof State.Failed;
        if (!may || !state.compareAndSet(before, new State.Under())) {
            return false;
        }
        Thread.ofPlatform().daemon().name("weir-upgrade").start(this::run);
        return true;
    }

    /** Whether another process is on its way to take over: what listens here is not to change meanwhile. */
    public boolean underWay() {
        return state.get() instanceof State.Under;
    }

    /** How it stands, for people; empty where there was none. */
    public String text() {
        return switch (state.get()) {
            case State.None _ -> "";
            case State.Under _ -> "upgrading";
            case State.Failed(String why) -> "failed: " + why;
            case State.Left(long pid) -> HANDED_OVER + pid;
        };
    }

    private void run() {
        try {
            leaver.settle();
            // of this user alone: whoever reaches the socket is given everything that listens
            Path folder = Files.createTempDirectory("weir-upgrade-");
            try (Successor successor = Successor.await(folder.resolve("socket"), ListeningSockets.PROCESS)) {
                hand(successor, folder.resolve("socket"));
            } finally {
                Files.deleteIfExists(folder);
            }
        } catch (IOException | RuntimeException e) {
            failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void hand(Successor successor, Path path) throws IOException, InterruptedException {
        List<String> command = OwnCommand.read();
        LOG.info("upgrading: starting {}", command.getFirst());
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put(Succession.VARIABLE, path.toString());
        Process process = builder.start();
        switch (successor.handOver(process::isAlive, leaver.epoch(), System.nanoTime() + SERVES_NANOS_MAX)) {
            case Successor.Outcome.Failed(String why) -> {
                process.destroy();
                boolean ended = process.waitFor(TELL_MILLIS, TimeUnit.MILLISECONDS);
                if (ended || process.destroyForcibly().waitFor(TELL_MILLIS, TimeUnit.MILLISECONDS)) {
                    ListeningSockets.PROCESS.takenBack();
                }
                failed(why + (ended ? " (exit code " + process.exitValue() + ")" : ""));
            }
            case Successor.Outcome.Serves _ -> {
                LOG.info("process {} serves; this one leaves", process.pid());
                state.set(new State.Left(process.pid()));
                Supervisor.tell("MAINPID=" + process.pid());
                leaver.leave();
                report(successor);
            }
        }
    }

    private void failed(String why) {
        LOG.error("the upgrade failed, this process serves on: {}", why);
        state.set(new State.Failed(why));
        leaver.stay();
    }

    /** Tells the other one what is left here and what is counted, until the end; without it this one ends as well. */
    private void report(Successor successor) throws InterruptedException {
        Map<String, Long> told = new HashMap<>();
        try {
            do { // the first line tells the other one too that nothing listens here any more
                successor.connections(leaver.connections());
                for (Map.Entry<String, Long> counted : counters().entrySet()) {
                    long more = counted.getValue() - told.getOrDefault(counted.getKey(), 0L);
                    if (more > 0) {
                        told.put(counted.getKey(), counted.getValue());
                        successor.counted(counted.getKey(), more);
                    }
                }
            } while (!leaver.over(TELL_MILLIS));
        } catch (IOException e) {
            LOG.info("the process that took over is gone; what is counted here from now on is in nobody's numbers ({})",
                    e.getMessage());
        }
    }

    private Map<String, Long> counters() {
        Map<String, Long> values = new HashMap<>();
        stats.forEach(metric -> {
            if (metric instanceof Counter counter && counter.used()) {
                values.put(counter.name(), counter.value());
            }
        });
        return values;
    }
}
