package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.hash.HashTable;
import io.weir.core.hash.MersenneTwister;
import io.weir.core.model.Host;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Consistent hashing with a cap (Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing with Bounded Loads", 2016): a
 * host that has more than the factor times its share of all requests in flight passes the next one on. Where to is
 * random but the same for the same hash (Chen, Coleman and Shrivastava, "Revisiting Consistent Hashing with Bounded
 * Loads", 2019); the order is that of Envoy's shuffle, so that many proxies pass on alike. When all are beyond their
 * cap, the one least beyond it. Each host that is beyond its cap costs one look more.
 */
final class BoundedLoad implements Chooser {
    private static final ThreadLocal<Shuffle> SHUFFLE = ThreadLocal.withInitial(Shuffle::new);

    private final Group group;
    private final HashTable table;
    private final int factorPercent;
    private final LongSupplier requestsActive;
    private final double[] shares;

    BoundedLoad(Group group, HashTable table, int factorPercent, LongSupplier requestsActive) {
        this.group = group;
        this.table = table;
        this.factorPercent = factorPercent;
        this.requestsActive = requestsActive;
        double sum = Arrays.stream(group.weights()).asLongStream().sum();
        this.shares = Arrays.stream(group.weights()).mapToDouble(weight -> weight / sum).toArray();
    }

    @Override
    public @Nullable Chosen choose(PickContext context) {
        long hash = Hashed.hash(context);
        long slots = ((requestsActive.getAsLong() + 1) * factorPercent + 99) / 100;
        for (int attempt = 0; attempt < Group.TRIES_MAX; attempt++) {
            int at = table.at(hash, attempt);
            if (group.usable(at, context)) {
                return load(at, slots) <= 1 ? group.at(at) : passedOn(context, hash, at, slots);
            }
        }
        return group.scan(context, Hashed.mixed(hash));
    }

    /** Requests in flight against the cap: above 1 the host is overloaded. */
    private double load(int i, long slots) {
        return group.host(i).requestsActive() / Math.max(Math.ceil(slots * shares[i]), 1);
    }

    private Chosen passedOn(PickContext context, long hash, int from, long slots) {
        Shuffle shuffle = SHUFFLE.get();
        shuffle.begin(hash, group.size());
        int best = from;
        double least = load(from, slots);
        for (int n = 0; n < group.size(); n++) {
            int i = shuffle.next(n);
            Host host = group.host(i);
            if (i != from && group.usable(host, context)) {
                double load = load(i, slots);
                if (load <= 1) {
                    return group.at(i);
                }
                if (load < least) {
                    best = i;
                    least = load;
                }
            }
        }
        return group.at(best);
    }

    /**
     * All indexes in random order, one after the other. Kept by a thread, as it is too large to make for a pick. Where
     * nothing has been moved since it began, an index stands in its own place: so a beginning touches none of them, and
     * a host that is found soon costs no look at the others.
     */
    private static final class Shuffle {
        private final MersenneTwister random = new MersenneTwister();
        private int[] order = {};
        /** In which turn a place was written last. */
        private int[] written = {};
        private int turn;
        private int size;

        void begin(long seed, int count) {
            random.seed(seed);
            size = count;
            if (order.length < count || turn == Integer.MAX_VALUE) {
                order = new int[count];
                written = new int[count];
                turn = 0;
            }
            turn++;
        }

        /** The index in place n; to be asked for one place after the other. */
        int next(int n) {
            int other = n + random.below(size - n);
            int index = at(other);
            order[other] = at(n);
            written[other] = turn;
            return index;
        }

        private int at(int place) {
            return written[place] == turn ? order[place] : place;
        }
    }
}
