package io.weir.testkit.sim.engine;

import io.weir.core.model.HostTracker.Failure;
import io.weir.core.model.OrcaReport;
import io.weir.testkit.sim.fleet.HostGroup;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One server: works on some requests at once, lets some wait, refuses the rest. All requests in work advance alike, so
 * each gets its finish on a clock of the server's own, which runs at the speed of one request: changes of speed and of
 * sharing then cost nothing per request (virtual time, as in Parekh and Gallager, "A Generalized Processor Sharing
 * Approach to Flow Control", 1993). One thread.
 */
final class Server {
    private static final long ERROR_NANOS = 1_000_000L;
    private static final long REPORT_NANOS = 1_000_000_000L;

    private final int number;
    private final HostGroup kind;
    private final Timeline timeline;
    private final RandomGenerator dice;
    private final PriorityQueue<Job> working = new PriorityQueue<>(
            Comparator.<Job>comparingDouble(job -> job.finishAt).thenComparingLong(job -> job.turn));
    private final Deque<Job> waiting = new ArrayDeque<>();
    private final List<Double> slowed = new ArrayList<>();
    private double clock;
    private double speed;
    private long clockReadAt;
    private long epoch;
    private long turns;
    private int dead;
    private int hanging;
    private double errorShare;
    private int errorStatus;
    private int mostAtOnce;
    private double busyNanos;
    private long answers;
    private long reportedAt;
    private OrcaReport report = OrcaReport.NONE;
    private long attempts;

    Server(int number, HostGroup kind, Timeline timeline, RandomGenerator dice) {
        this.number = number;
        this.kind = kind;
        this.timeline = timeline;
        this.dice = dice;
        this.speed = 1 / kind.slowness();
    }

    int number() {
        return number;
    }

    HostGroup kind() {
        return kind;
    }

    /** Requests here, in work and waiting. */
    int inHand() {
        return working.size() + waiting.size();
    }

    /** The most requests that were here at once. */
    int mostAtOnce() {
        return mostAtOnce;
    }

    /** Attempts that came, counted ones only. */
    long attempts() {
        return attempts;
    }

    /** An attempt comes. */
    void arrive(Job job, boolean counted) {
        if (counted) {
            attempts++;
        }
        if (dead > 0) {
            job.broke(Failure.UNREACHABLE);
        } else if (errorShare > 0 && dice.nextDouble() < errorShare) {
            int status = errorStatus;
            timeline.after(ERROR_NANOS, () -> job.answered(status));
        } else if (working.size() < kind.concurrency()) {
            advance();
            begin(job);
            expect();
        } else if (waiting.size() < kind.queueMax()) {
            waiting.add(job);
        } else {
            job.answered(503);
        }
        mostAtOnce = Math.max(mostAtOnce, inHand());
    }

    private void begin(Job job) {
        job.finishAt = clock + kind.service().nanos(new SplittableRandom(job.luck()));
        job.turn = turns++;
        working.add(job);
    }

    /** Brings the own clock up to now, at the rate that held since it was read last. */
    private void advance() {
        long now = timeline.nowNanos();
        busyNanos += (now - clockReadAt) * Math.min(1, working.size() / kind.cores());
        clock += (now - clockReadAt) * rate();
        clockReadAt = now;
    }

    private double rate() {
        int busy = working.size();
        if (hanging > 0 || busy == 0) {
            return 0;
        }
        return speed * Math.min(1, kind.cores() / busy);
    }

    /** Waits for the next finish; whatever was waited for before no longer counts. */
    private void expect() {
        Job next = working.peek();
        long mine = ++epoch;
        double rate = rate();
        if (next != null && rate > 0) {
            double nanos = Math.max(0, next.finishAt - clock) / rate;
            timeline.after((long) Math.ceil(nanos), () -> finish(mine));
        }
    }

    private void finish(long expected) {
        if (expected != epoch) {
            return;
        }
        advance();
        Job next = working.poll();
        if (next != null) {
            // rounding up to whole nanoseconds may have gone a little beyond, never short
            clock = Math.max(clock, next.finishAt);
            answers++;
            next.answered(200);
        }
        while (working.size() < kind.concurrency() && !waiting.isEmpty()) {
            Job waited = waiting.poll();
            if (waited != null && !waited.abandoned()) {
                begin(waited);
            }
        }
        expect();
    }

    /** What it tells of its load in an answer: of the last second that is over, as most servers measure theirs. */
    OrcaReport report() {
        long now = timeline.nowNanos();
        long elapsed = now - reportedAt;
        if (elapsed >= REPORT_NANOS) {
            advance();
            report = new OrcaReport(busyNanos / elapsed, 0, 0, answers * 1e9 / elapsed, 0, Map.of(), Map.of(),
                    Map.of());
            busyNanos = 0;
            answers = 0;
            reportedAt = now;
        }
        return report;
    }

    /** What somebody hears who asks how it is: it does as it would with a request, but a request is not work. */
    Wellness wellness() {
        if (dead > 0) {
            return Wellness.REFUSES;
        }
        if (hanging > 0) {
            return Wellness.SILENT;
        }
        return errorShare > 0 && dice.nextDouble() < errorShare ? Wellness.FAILS : Wellness.WELL;
    }

    /** How a server answers a health check. */
    enum Wellness {
        WELL, FAILS, SILENT, REFUSES
    }

    /** Dies, or comes back when everything that killed it is over. */
    void dead(boolean now) {
        advance();
        dead += now ? 1 : -1;
        if (now && dead == 1) {
            List<Job> lost = new ArrayList<>(inHand());
            while (!working.isEmpty()) {
                lost.add(working.remove());
            }
            lost.addAll(waiting);
            waiting.clear();
            lost.forEach(job -> job.broke(Failure.RESET));
        }
        expect();
    }

    /** Stops working, or goes on. */
    void hangs(boolean now) {
        advance();
        hanging += now ? 1 : -1;
        expect();
    }

    /** Answers a share of the requests with an error, or none with 0. */
    void errors(double share, int status) {
        errorShare = share;
        errorStatus = status;
    }

    /** Takes so many times as long, or no longer. */
    void slow(double factor, boolean now) {
        advance();
        if (now) {
            slowed.add(factor);
        } else {
            slowed.remove(factor);
        }
        double all = kind.slowness();
        for (double each : slowed) {
            all *= each;
        }
        speed = 1 / all;
        expect();
    }
}
