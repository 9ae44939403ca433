package io.weir.core.memory;

import io.weir.core.model.Host;
import io.weir.core.follow.Overlap;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The memories of the hosts of one group, as a pick looks at them: one step nearer than each by itself. Immutable but
 * for what the memories learn; any thread.
 */
public final class LoadLatencies {
    private final long[][] means;
    private final DecayingMean decay;

    private LoadLatencies(long[][] means, DecayingMean decay) {
        this.means = means;
        this.decay = decay;
    }

    /**
     * Of these hosts, which have a {@link LoadLatencyMemory} from now on. Conductor.
     *
     * @param former
     *            of most of these hosts, with the same decay; null: there is none
     * @param overlap
     *            where its hosts are those of now; null: nothing is known of that
     */
    public static LoadLatencies of(List<Host> hosts, long decayNanos, @Nullable LoadLatencies former,
            @Nullable Overlap overlap) {
        long[][] means = new long[hosts.size()][];
        if (former != null && overlap != null) {
            overlap.carry(former.means, means);
            overlap.rest(i -> means[i] = LoadLatencyMemory.of(hosts.get(i), decayNanos).means());
        } else {
            Arrays.setAll(means, i -> LoadLatencyMemory.of(hosts.get(i), decayNanos).means());
        }
        return new LoadLatencies(means, new DecayingMean(decayNanos));
    }

    /** The time as it counts here: a pick asks once and compares many hosts. */
    public int step(long nowNanos) {
        return decay.step(nowNanos);
    }

    /** As {@link LoadLatencyMemory#latencyNanos} of one of the hosts, at a time as {@link #step} has it. */
    public float latencyNanos(int host, int inFlight, int step) {
        return LoadLatencyMemory.latencyNanos(means[host], inFlight, step);
    }
}
