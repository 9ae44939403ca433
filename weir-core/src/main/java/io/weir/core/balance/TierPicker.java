package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.balance.Pick.Refused;
import io.weir.core.model.Host;
import io.weir.core.stats.Counter;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Picks by tiers: first the lane, a priority's healthy, degraded or, in panic, all hosts, each as often as its load
 * says, then a host of the lane. A lane whose hosts have all gone down since is passed over. Immutable; any thread.
 */
final class TierPicker implements Picker {
    private static final int WHOLE = 100;
    private static final Pick REFUSED = new Refused(Reason.NO_HEALTHY_HOST);

    /** One part of the hosts of one priority; all of it in panic, when health is not believed. */
    static final class Lane {
        private final Chooser chooser;
        private final int priority;
        private final int capacity;
        private final boolean panics;

        /**
         * @param capacity
         *            what its hosts can carry, in percent of what the priority was made for
         */
        Lane(Chooser chooser, int priority, int capacity, boolean panics) {
            this.chooser = chooser;
            this.priority = priority;
            this.capacity = capacity;
            this.panics = panics;
        }
    }

    /** Whom to try when nobody is to be had: found when that is so, as most pickers never come to it. */
    static final class LastResort {
        private final Supplier<List<Host>> hosts;
        private volatile boolean found;
        private volatile @Nullable Group group;

        LastResort(Supplier<List<Host>> hosts) {
            this.hosts = hosts;
        }

        /** Null: nobody. Whoever asks first looks for them; two that do find the same. */
        @Nullable
        Group group() {
            if (!found) {
                List<Host> last = hosts.get();
                group = last.isEmpty() ? null : new Group(last);
                found = true;
            }
            return group;
        }
    }

    private final Lane[] lanes;
    private final @Nullable Lane only;
    private final Lane[] byPercent;
    private final boolean byHash;
    private final boolean failOnPanic;
    private final LastResort lastResort;
    private final Counter panicked;

    /**
     * @param lanes
     *            all of them, the best first; at least one
     * @param loads
     *            one for each lane, in percent; they add up to 100
     * @param byHash
     *            the lane goes by the request's hash, so that it stays the same for the same request
     * @param failOnPanic
     *            panic refuses
     * @param lastResort
     *            whom to try when nobody is to be had
     */
    TierPicker(Lane[] lanes, int[] loads, boolean byHash, boolean failOnPanic, LastResort lastResort,
            Counter panicked) {
        this.lanes = lanes;
        this.byHash = byHash;
        this.failOnPanic = failOnPanic;
        this.lastResort = lastResort;
        this.panicked = panicked;
        this.byPercent = new Lane[WHOLE];
        int at = 0;
        for (int i = 0; i < lanes.length; i++) {
            for (int n = 0; n < loads[i]; n++) {
                byPercent[at++] = lanes[i];
            }
        }
        if (at != WHOLE) {
            throw new IllegalArgumentException("the loads of lanes add up to " + at);
        }
        only = byPercent[0] == byPercent[WHOLE - 1] ? byPercent[0] : null;
    }

    @Override
    public Pick pick(PickContext context) {
        Lane another = context.repeated() ? besides(context) : null;
        Lane lane = another != null ? another : only != null ? only : byPercent[percent(context)];
        if (lane.panics) {
            panicked.increment();
            if (failOnPanic) {
                return REFUSED;
            }
        }
        Chosen chosen = lane.chooser.choose(context);
        return chosen != null ? chosen : otherwise(lane, context);
    }

    /**
     * A lane of the priorities that the request does not leave out, each as often as its health says among them. Null:
     * it leaves out none, or all that could carry it. Source: Envoy's {@code previous_priorities}.
     */
    private @Nullable Lane besides(PickContext context) {
        boolean some = false;
        int total = 0;
        for (Lane lane : lanes) {
            if (context.excluded(lane.priority)) {
                some = true;
            } else {
                total += lane.capacity;
            }
        }
        if (!some || total == 0) {
            return null;
        }
        int at = percent(context);
        Lane first = null;
        for (Lane lane : lanes) {
            if (lane.capacity > 0 && !context.excluded(lane.priority)) {
                first = first == null ? lane : first;
                at -= lane.capacity * WHOLE / Math.min(WHOLE, total);
                if (at < 0) {
                    return lane;
                }
            }
        }
        return first; // what rounding left over
    }

    private int percent(PickContext context) {
        return byHash && context.hashed()
                ? (int) Long.remainderUnsigned(context.hash(), WHOLE)
                : Group.below(context.random().nextLong() >>> 32, WHOLE);
    }

    private Pick otherwise(Lane failed, PickContext context) {
        boolean repeated = context.repeated();
        Chosen other = other(failed, context, repeated);
        if (other == null && repeated) {
            other = other(failed, context, false);
        }
        if (other != null) {
            return other;
        }
        Group last = lastResort.group();
        if (last == null) {
            return REFUSED;
        }
        if (!failed.panics) {
            panicked.increment();
        }
        return last.regardless(context);
    }

    /** A host of another lane; {@code heeds} what priorities the request leaves out. */
    private @Nullable Chosen other(Lane failed, PickContext context, boolean heeds) {
        for (Lane lane : lanes) {
            if (lane != failed && !(heeds && context.excluded(lane.priority))) {
                Chosen chosen = lane.chooser.choose(context);
                if (chosen != null) {
                    return chosen;
                }
            }
        }
        return null;
    }
}
