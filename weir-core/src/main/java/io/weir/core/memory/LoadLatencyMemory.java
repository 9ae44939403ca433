package io.weir.core.memory;

import io.weir.core.model.Host;
import io.weir.core.model.HostTracker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * How long a host took to answer of late, by how many requests it had in flight when the request came: what a probe of
 * Prequal answers (Wydrowski et al., "Load is not what you should balance", NSDI 2024, section 4), without a probe, as
 * all of the host's requests pass here. Any thread.
 */
public final class LoadLatencyMemory implements HostTracker {
    private static final VarHandle MEANS = MethodHandles.arrayElementVarHandle(long[].class);

    /** The first cell is for all loads together. */
    private static final int ALL = 0;
    private static final int EXACT = 8;
    /** Beyond {@link #EXACT}, each doubling of the load has so many cells. */
    private static final int CELLS_PER_DOUBLING_BITS = 2;
    private static final int CELLS = 40;
    /** An answer for a load nearby is taken, so far away at most. */
    private static final int NEAR = 3;
    /** The cells of the loads that hosts have; to compute one takes longer than to look at it. */
    private static final byte[] USUAL = new byte[256];

    static {
        for (int inFlight = 0; inFlight < USUAL.length; inFlight++) {
            USUAL[inFlight] = (byte) computed(inFlight);
        }
    }

    private final long decayNanos;
    private final DecayingMean decay;
    private final long[] means = new long[CELLS];

    /** Nothing is known yet. */
    public LoadLatencyMemory(long decayNanos) {
        if (decayNanos < 1) {
            throw new IllegalArgumentException("decayNanos must be positive: " + decayNanos);
        }
        this.decayNanos = decayNanos;
        this.decay = new DecayingMean(decayNanos);
        Arrays.fill(means, DecayingMean.UNKNOWN);
    }

    /** That of this host: what it has, where it forgets as fast, else a new one that it has from now on. Conductor. */
    public static LoadLatencyMemory of(Host host, long decayNanos) {
        if (host.balanceTracker() instanceof LoadLatencyMemory present && present.decayNanos == decayNanos) {
            return present;
        }
        LoadLatencyMemory fresh = new LoadLatencyMemory(decayNanos);
        host.balanceTracker(fresh);
        return fresh;
    }

    private static int cell(int inFlight) {
        return inFlight >= 0 && inFlight < USUAL.length ? USUAL[inFlight] : computed(inFlight);
    }

    private static int computed(int inFlight) {
        if (inFlight < EXACT) {
            return Math.max(inFlight, 1);
        }
        int doubling = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(inFlight);
        int part = inFlight >>> doubling - CELLS_PER_DOUBLING_BITS & (1 << CELLS_PER_DOUBLING_BITS) - 1;
        int doublings = doubling - Integer.numberOfTrailingZeros(EXACT);
        return Math.min(CELLS - 1, EXACT + (doublings << CELLS_PER_DOUBLING_BITS) + part);
    }

    /**
     * The latency to expect of a request that is one of so many in flight, in nanoseconds: that of such requests, else
     * of some nearly so, else of all; negative when nothing is known.
     */
    public float latencyNanos(int inFlight, long nowNanos) {
        return latencyNanos(means, inFlight, decay.step(nowNanos));
    }

    static float latencyNanos(long[] means, int inFlight, int step) {
        int cell = cell(inFlight);
        long found = mean(means, cell);
        return DecayingMean.at(found == DecayingMean.UNKNOWN ? near(means, cell) : found, step);
    }

    private static long near(long[] means, int cell) {
        long found = DecayingMean.UNKNOWN;
        for (int away = 1; away <= NEAR && found == DecayingMean.UNKNOWN; away++) {
            found = cell - away > ALL ? mean(means, cell - away) : found;
            if (found == DecayingMean.UNKNOWN && cell + away < CELLS) {
                found = mean(means, cell + away);
            }
        }
        return found == DecayingMean.UNKNOWN ? mean(means, ALL) : found;
    }

    private static long mean(long[] means, int cell) {
        return (long) MEANS.getVolatile(means, cell);
    }

    private long mean(int cell) {
        return mean(means, cell);
    }

    /** Its cells, for those who look at many hosts; nobody else writes there. */
    long[] means() {
        return means;
    }

    @Override
    public void answered(int status, long latencyNanos, long nowNanos) {
        answered(status, latencyNanos, 1, nowNanos);
    }

    @Override
    public void answered(int status, long latencyNanos, int inFlight, long nowNanos) {
        long counts = Penalty.answered(status, latencyNanos);
        observe(cell(inFlight), counts, counts != latencyNanos, nowNanos);
        observe(ALL, counts, counts != latencyNanos, nowNanos);
    }

    @Override
    public void failed(Failure how, long latencyNanos, long nowNanos) {
        everywhere(Penalty.failed(latencyNanos), nowNanos);
    }

    @Override
    public boolean heedsRetryAfter() {
        return true;
    }

    @Override
    public void retryAfter(long delayNanos, long nowNanos) {
        everywhere(Penalty.retryAfter(delayNanos), nowNanos);
    }

    /** A host that fails does so at any load. */
    private void everywhere(long latencyNanos, long nowNanos) {
        for (int cell = 0; cell < CELLS; cell++) {
            if (cell == ALL || mean(cell) != DecayingMean.UNKNOWN) {
                observe(cell, latencyNanos, true, nowNanos);
            }
        }
    }

    private void observe(int cell, long latencyNanos, boolean atOnce, long nowNanos) {
        int step = decay.step(nowNanos);
        long before = mean(cell);
        while (true) {
            long after = DecayingMean.with(before, (float) latencyNanos, step, atOnce);
            if (after == before) {
                return;
            }
            long seen = (long) MEANS.compareAndExchange(means, cell, before, after);
            if (seen == before) {
                return;
            }
            before = seen;
        }
    }
}
