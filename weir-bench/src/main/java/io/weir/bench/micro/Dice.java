package io.weir.bench.micro;

import io.weir.core.balance.PickContext;
import io.weir.core.model.Criteria;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Requests that ask for a host: each with a hash of its own, 100,000 a second. */
final class Dice implements PickContext {
    private static final long SEED = 42;
    private static final long PICK_NANOS = 10_000;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private @Nullable Criteria criteria;
    private List<String> bound = List.of();
    private long now;

    /** From now on they ask for hosts with this metadata. */
    void criteria(Criteria asked) {
        criteria = asked;
    }

    /** From now on each is bound to one of these addresses. */
    void bound(List<String> addresses) {
        bound = addresses;
    }

    @Override
    public long hash() {
        return random.nextLong();
    }

    @Override
    public boolean hashed() {
        return true;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public long nowNanos() {
        now += PICK_NANOS;
        return now;
    }

    @Override
    public @Nullable Criteria criteria() {
        return criteria;
    }

    @Override
    public @Nullable String overrideHost(int n) {
        return n > 0 || bound.isEmpty() ? null : bound.get(random.nextInt(bound.size()));
    }
}
