package io.weir.core.cluster;

import io.weir.core.balance.Picker;
import io.weir.core.balance.Pickers;
import io.weir.core.model.Balancing;
import io.weir.core.tier.Locals;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Picks among those hosts of a cluster that are well, however few they are, for the aggregates that the cluster is a
 * member of: all of them use the same picker, one for each view, and what its parts remember is forgotten when the
 * cluster's own is. The conductor's.
 */
final class Calm {
    private final Supplier<Pickers> made;
    /** Null as long as nobody has asked. */
    private @Nullable Pickers pickers;
    private @Nullable ClusterView of;
    private @Nullable Picker picker;
    private long seed;

    /**
     * @param made
     *            makes what makes pickers, asked once
     */
    Calm(Supplier<Pickers> made) {
        this.made = made;
    }

    /** The picker among the hosts of this view, which is the cluster's last. */
    Picker of(ClusterView view, Locals locals) {
        Picker present = picker;
        if (present != null && view.equals(of)) {
            return present;
        }
        Pickers its = pickers == null ? made.get() : pickers;
        pickers = its;
        Balancing balancing = view.spec().balancing();
        present = its.build(view.hosts(), balancing.withTiers(balancing.tiers().withPanic(0, false)), locals, ++seed);
        picker = present;
        of = view;
        return present;
    }

    /** As {@link Pickers#forget}. */
    void forget() {
        if (pickers != null) {
            pickers.forget();
        }
    }

    /** As {@link Pickers#tick}. */
    boolean tick(Balancing balancing, long nowNanos) {
        return pickers != null && pickers.tick(balancing, nowNanos);
    }
}
