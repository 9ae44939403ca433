package io.weir.core.cluster;

import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where that goes which is to go to a cluster: to the cluster itself, or to one of those that it stands for. Any
 * thread; allocates nothing.
 */
public final class Choices {
    private final Choice itself;
    private final @Nullable Aggregate aggregate;

    /**
     * @param aggregate
     *            null where the cluster stands for no others
     */
    Choices(Cluster itself, @Nullable Aggregate aggregate) {
        this.itself = new Choice(itself, null);
        this.aggregate = aggregate;
    }

    /** Null where it stands for no others. */
    @Nullable
    Aggregate aggregate() {
        return aggregate;
    }

    /** Where it goes now; to the cluster itself, too, where none of those that it stands for has a host. */
    public Choice choose(RandomGenerator random) {
        Choice one = aggregate == null ? null : aggregate.choose(random);
        return one == null ? itself : one;
    }

    /**
     * Where it may go when it has been tried at that one; null: nowhere.
     *
     * @param preferred
     *            as {@link Aggregate#other} has it
     */
    public @Nullable Choice other(Cluster tried, Predicate<Cluster> preferred) {
        return aggregate == null ? null : aggregate.other(tried, preferred);
    }
}
