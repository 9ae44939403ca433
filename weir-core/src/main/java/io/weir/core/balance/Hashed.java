package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.hash.HashRing;
import io.weir.core.hash.HashTable;
import io.weir.core.hash.MaglevTable;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The host that the request's hash belongs to; a request without a hash draws one. Where that host cannot be used, the
 * table's further attempts say which comes next, the same for the same hash.
 */
record Hashed(Group group, HashTable table) implements Chooser {
    private static final String METADATA = "envoy.lb";
    private static final String METADATA_KEY = "hash_key";

    /**
     * A ring.
     *
     * @param requestsActive
     *            how many requests the whole cluster has in flight
     */
    static Chooser ring(Group group, BalancePolicy.RingHash policy, LongSupplier requestsActive) {
        if (group.size() == 1) {
            return new Single(group);
        }
        HashRing ring = HashRing.of(keys(group, policy.useHostname()), group.weights(), policy.ringSizeMin(),
                policy.ringSizeMax(), policy.function());
        return bounded(group, ring, policy.balanceFactorPercent(), requestsActive);
    }

    /** Maglev's table. */
    static Chooser maglev(Group group, BalancePolicy.Maglev policy, LongSupplier requestsActive) {
        if (group.size() == 1) {
            return new Single(group);
        }
        MaglevTable table = MaglevTable.of(keys(group, policy.useHostname()), group.weights(), policy.tableSize());
        return bounded(group, table, policy.balanceFactorPercent(), requestsActive);
    }

    private static Chooser bounded(Group group, HashTable table, int factorPercent, LongSupplier requestsActive) {
        return factorPercent == 0
                ? new Hashed(group, table)
                : new BoundedLoad(group, table, factorPercent, requestsActive);
    }

    private static List<String> keys(Group group, boolean useHostname) {
        List<String> keys = new ArrayList<>(group.size());
        for (int i = 0; i < group.size(); i++) {
            keys.add(key(group.host(i), useHostname));
        }
        return keys;
    }

    /** What a host is called in a table: its metadata may say it, as in Envoy, so that an address can change. */
    private static String key(Host host, boolean useHostname) {
        if (host.endpoint().metadata().get(METADATA) instanceof Map<?, ?> metadata
                && metadata.get(METADATA_KEY) instanceof String key && !key.isEmpty()) {
            return key;
        }
        String name = host.endpoint().hostname();
        return useHostname && !name.isEmpty() ? name : host.addressText();
    }

    /** The hash of a request. */
    static long hash(PickContext context) {
        return context.hashed() ? context.hash() : context.random().nextLong();
    }

    /**
     * Other bits that follow from a hash and show nothing of it, so that what they say is independent of the table: the
     * finalizer of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
     */
    static long mixed(long hash) {
        long once = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
        long twice = (once ^ once >>> 27) * 0x94d049bb133111ebL;
        return twice ^ twice >>> 31;
    }

    @Override
    public @Nullable Chosen choose(PickContext context) {
        long hash = hash(context);
        for (int attempt = 0; attempt < Group.TRIES_MAX; attempt++) {
            int at = table.at(hash, attempt);
            if (group.usable(at, context)) {
                return group.at(at);
            }
        }
        return group.scan(context, mixed(hash));
    }
}
