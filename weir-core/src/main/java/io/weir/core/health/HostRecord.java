package io.weir.core.health;

import io.weir.core.model.Host;
import io.weir.core.model.HostTracker;
import io.weir.core.rule.OutlierSpec;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the detector remembers of one host. Workers count into it without locks or allocation; what stands below "the
 * conductor's" is the conductor's alone. A run of failures that has become long enough is a signal, which the conductor
 * takes.
 */
final class HostRecord implements HostTracker {
    private static final int BAD_GATEWAY = 502;
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final int GATEWAY_TIMEOUT = 504;

    /** Attempts of an interval: successes in the upper half, all in the lower, so that one add counts both. */
    static final class Rate {
        private final java.util.concurrent.atomic.AtomicLong both = new java.util.concurrent.atomic.AtomicLong();

        void add(boolean success) {
            both.getAndAdd(success ? 1L << Integer.SIZE | 1 : 1);
        }

        /** All and successes since the last take. */
        long take() {
            return both.getAndSet(0);
        }

        static int all(long both) {
            return (int) both;
        }

        static int successes(long both) {
            return (int) (both >>> Integer.SIZE);
        }
    }

    /** Who hears of signals. */
    interface Signals {
        /**
         * A run has become long enough. Any thread.
         *
         * @param first
         *            since the last {@link #takeSignals}
         */
        void signal(HostRecord record, boolean first);
    }

    static final long NEVER = Long.MIN_VALUE;

    final Host host;
    private final Signals heard;
    private volatile OutlierSpec spec;
    private final AtomicInteger serverErrors = new AtomicInteger();
    private final AtomicInteger gatewayFailures = new AtomicInteger();
    private final AtomicInteger localFailures = new AtomicInteger();
    private final AtomicInteger signals = new AtomicInteger();
    final Rate external = new Rate();
    final Rate local = new Rate();
    /** Null: nobody looks at them. */
    volatile @Nullable Latencies latencies;

    // ---- the conductor's ----
    int ejections;
    int backOff;
    long jitterNanos;
    long ejectedAtNanos;
    long backAtNanos;
    boolean wasBack;
    OutlierType type = OutlierType.CONSECUTIVE_5XX;
    /** Why its weight was cut last, and when that changed last. */
    OutlierType cutBy = OutlierType.SUCCESS_RATE;
    long trustedAtNanos = NEVER;
    /** Of the last interval with enough requests, in percent; -1: none. Read by anybody. */
    volatile double successRate = -1;
    volatile double localSuccessRate = -1;

    HostRecord(Host host, OutlierSpec spec, Signals heard) {
        this.host = host;
        this.spec = spec;
        this.heard = heard;
        this.latencies = spec.latency() == null ? null : new Latencies();
    }

    @Override
    public void answered(int status, long latencyNanos, long nowNanos) {
        Latencies kept = latencies;
        if (kept != null) {
            kept.add(latencyNanos);
        }
        status(status);
        if (spec.splitLocal()) {
            local.add(true);
            clear(localFailures);
        }
    }

    @Override
    public void failed(Failure how, long latencyNanos, long nowNanos) {
        switch (how) {
            case TIMED_OUT -> {
                Latencies kept = latencies;
                if (kept != null) {
                    kept.add(latencyNanos);
                }
                ours(GATEWAY_TIMEOUT);
            }
            // a connection that breaks before the answer has none to count: Envoy too calls it a failure on our side
            case RESET, UNREACHABLE -> ours(SERVICE_UNAVAILABLE);
        }
    }

    /** A failure on our side: one of its own kind, or as if the host had answered with this status. */
    private void ours(int status) {
        if (!spec.splitLocal()) {
            status(status);
            return;
        }
        local.add(false);
        count(localFailures, OutlierType.CONSECUTIVE_LOCAL_ORIGIN_FAILURE);
    }

    private void status(int status) {
        boolean success = status < 500;
        external.add(success);
        if (success) {
            clear(serverErrors);
            clear(gatewayFailures);
            return;
        }
        if (status >= BAD_GATEWAY && status <= GATEWAY_TIMEOUT) {
            count(gatewayFailures, OutlierType.CONSECUTIVE_GATEWAY_FAILURE);
        } else {
            clear(gatewayFailures);
        }
        count(serverErrors, OutlierType.CONSECUTIVE_5XX);
    }

    private void count(AtomicInteger run, OutlierType type) {
        int length = run.incrementAndGet();
        // the rule is read after the run has grown: of a worker and a conductor with other rules, one sees both.
        // Exactly at the threshold: what follows before the conductor has looked is the same run
        if (length == Outlier.rule(type, spec).threshold()) {
            signal(type);
        }
    }

    private void signal(OutlierType type) {
        boolean first = signals.getAndUpdate(before -> before | type.bit()) == 0;
        heard.signal(this, first);
    }

    /**
     * These are the rules from now on. What has been counted goes on; a run counts as long as it is by these rules.
     * Conductor.
     */
    void rules(OutlierSpec now) {
        spec = now;
        if (now.latency() == null) {
            latencies = null;
        } else if (latencies == null) {
            latencies = new Latencies();
        }
        if (!now.splitLocal()) {
            localFailures.set(0);
        }
        // by the last rules; those that are long enough by these are signalled anew
        signals.set(0);
        again(serverErrors, OutlierType.CONSECUTIVE_5XX);
        again(gatewayFailures, OutlierType.CONSECUTIVE_GATEWAY_FAILURE);
        again(localFailures, OutlierType.CONSECUTIVE_LOCAL_ORIGIN_FAILURE);
    }

    private void again(AtomicInteger run, OutlierType type) {
        int threshold = Outlier.rule(type, spec).threshold();
        if (threshold > 0 && run.get() >= threshold) {
            signal(type);
        }
    }

    /** Reads first: the usual run is empty, and a write would take the line from the other workers. */
    private static void clear(AtomicInteger run) {
        if (run.get() != 0) {
            run.set(0);
        }
    }

    /** The runs that have become long enough since the last look. Conductor. */
    int takeSignals() {
        return signals.get() == 0 ? 0 : signals.getAndSet(0);
    }

    /** That run has been dealt with: the next failure begins a new one. Conductor. */
    void clear(OutlierType run) {
        switch (run) {
            case CONSECUTIVE_5XX -> serverErrors.set(0);
            case CONSECUTIVE_GATEWAY_FAILURE -> gatewayFailures.set(0);
            case CONSECUTIVE_LOCAL_ORIGIN_FAILURE -> localFailures.set(0);
            case SUCCESS_RATE, SUCCESS_RATE_LOCAL_ORIGIN, FAILURE_PERCENTAGE, FAILURE_PERCENTAGE_LOCAL_ORIGIN,
                    LATENCY, UNREACHABLE -> {
                // no run
            }
        }
    }

    /** It is back: no run of before counts, else a failure or two would throw it out again. Conductor. */
    void clearRuns() {
        serverErrors.set(0);
        gatewayFailures.set(0);
        localFailures.set(0);
        signals.set(0);
    }
}
