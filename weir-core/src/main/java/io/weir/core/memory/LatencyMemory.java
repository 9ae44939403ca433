package io.weir.core.memory;

import io.weir.core.model.Host;
import io.weir.core.model.HostTracker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;

/**
 * How long a host took to answer of late, as Finagle's Peak EWMA has it: a slow answer is believed at once, faster ones
 * little by little, within about the decay time, and what nothing renews is forgotten as fast. Failures count as slow
 * answers. Any thread.
 */
public final class LatencyMemory implements HostTracker {
    private static final VarHandle MEAN;

    static {
        try {
            MEAN = MethodHandles.lookup().findVarHandle(LatencyMemory.class, "mean", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long decayNanos;
    private final DecayingMean decay;
    private volatile long mean = DecayingMean.UNKNOWN;

    /** Nothing is known yet. */
    public LatencyMemory(long decayNanos) {
        if (decayNanos < 1) {
            throw new IllegalArgumentException("decayNanos must be positive: " + decayNanos);
        }
        this.decayNanos = decayNanos;
        this.decay = new DecayingMean(decayNanos);
    }

    /** That of this host: what it has, where it forgets as fast, else a new one that it has from now on. Conductor. */
    public static LatencyMemory of(Host host, long decayNanos) {
        if (host.balanceTracker() instanceof LatencyMemory present && present.decayNanos == decayNanos) {
            return present;
        }
        LatencyMemory fresh = new LatencyMemory(decayNanos);
        host.balanceTracker(fresh);
        return fresh;
    }

    /** The latency to expect, in nanoseconds; negative when nothing is known. */
    public float latencyNanos(long nowNanos) {
        return latencyNanosAt(step(nowNanos));
    }

    /** The time as every memory counts it that forgets as fast: a pick asks once and compares many. */
    public int step(long nowNanos) {
        return decay.step(nowNanos);
    }

    /** As {@link #latencyNanos}, at a time as {@link #step} has it. */
    public float latencyNanosAt(int step) {
        return DecayingMean.at(mean, step);
    }

    @Override
    public void answered(int status, long latencyNanos, long nowNanos) {
        observe(Penalty.answered(status, latencyNanos), nowNanos);
    }

    @Override
    public void failed(Failure how, long latencyNanos, long nowNanos) {
        observe(Penalty.failed(latencyNanos), nowNanos);
    }

    @Override
    public boolean heedsRetryAfter() {
        return true;
    }

    @Override
    public void retryAfter(long delayNanos, long nowNanos) {
        observe(Penalty.retryAfter(delayNanos), nowNanos);
    }

    private void observe(long latencyNanos, long nowNanos) {
        int step = decay.step(nowNanos);
        long before = mean;
        while (true) {
            long after = DecayingMean.with(before, (float) latencyNanos, step, true);
            if (after == before) {
                return;
            }
            long seen = (long) MEAN.compareAndExchange(this, before, after);
            if (seen == before) {
                return;
            }
            before = seen;
        }
    }

    @Override
    public String toString() {
        return DecayingMean.at(mean, (int) mean) / TimeUnit.MILLISECONDS.toNanos(1) + " ms";
    }
}
