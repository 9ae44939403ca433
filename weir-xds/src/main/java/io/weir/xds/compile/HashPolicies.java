package io.weir.xds.compile;

import java.util.List;

import com.google.protobuf.UInt64Value;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CommonLbConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.ConsistentHashingLbConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.weir.core.hash.HashFunction;
import io.weir.core.hash.HashRing;
import io.weir.core.hash.MaglevTable;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.model.LocalityRule;

import org.jspecify.annotations.Nullable;

/** Reads the policies of consistent hashing, in both ways to write them. */
final class HashPolicies {

    private static final int FACTOR_MIN = 100;

    private HashPolicies() {}

    static List<ExtensionReader<?, ?>> readers() {
        return List.of(new OnARing(), new InATable());
    }

    /** {@code lb_policy: RING_HASH}. */
    static BalancePolicy ringHash(ReadContext context, Cluster cluster) {
        var config = cluster.getRingHashLbConfig();
        CommonLbConfig.ConsistentHashingLbConfig common = cluster.getCommonLbConfig().getConsistentHashingLbConfig();
        int factor = factor(common.getHashBalanceFactor().getValue());
        boolean murmur = config.getHashFunction() == Cluster.RingHashLbConfig.HashFunction.MURMUR_HASH_2;
        return ring(context, "ring_hash_lb_config.",
                config.hasMinimumRingSize() ? config.getMinimumRingSize() : null,
                config.hasMaximumRingSize() ? config.getMaximumRingSize() : null,
                murmur ? HashFunction.MURMUR_HASH_2 : HashFunction.XX_HASH, common.getUseHostnameForHashing(), factor);
    }

    /** {@code lb_policy: MAGLEV}. */
    static BalancePolicy maglev(ReadContext context, Cluster cluster) {
        var config = cluster.getMaglevLbConfig();
        CommonLbConfig.ConsistentHashingLbConfig common = cluster.getCommonLbConfig().getConsistentHashingLbConfig();
        int factor = factor(common.getHashBalanceFactor().getValue());
        return table(context, "maglev_lb_config.table_size",
                config.hasTableSize() ? config.getTableSize().getValue() : MaglevTable.SIZE_DEFAULT,
                common.getUseHostnameForHashing(), factor);
    }

    private static BalancePolicy ring(ReadContext context, String prefix, @Nullable UInt64Value min,
            @Nullable UInt64Value max, HashFunction function, boolean useHostname, int factor) {
        // a rule of the API refuses a size beyond the largest; unsigned numbers beyond a long are told there too
        long sizeMax = max == null ? HashRing.SIZE_MAX : bounded(max.getValue());
        long sizeMin = min == null ? Math.min(HashRing.SIZE_MIN_DEFAULT, sizeMax) : bounded(min.getValue());
        if (sizeMin > sizeMax) {
            context.problem(prefix + "minimum_ring_size", Long.toString(sizeMin),
                    "this is more than maximum_ring_size, which is " + sizeMax,
                    "make minimum_ring_size at most maximum_ring_size");
            sizeMin = sizeMax;
        }
        return new BalancePolicy.RingHash(sizeMin, sizeMax, function, useHostname, factor);
    }

    private static long bounded(long unsigned) {
        return unsigned < 0 ? HashRing.SIZE_MAX : Math.clamp(unsigned, 1, HashRing.SIZE_MAX);
    }

    private static BalancePolicy table(ReadContext context, String path, long size, boolean useHostname, int factor) {
        int allowed = MaglevTable.SIZE_DEFAULT;
        if (MaglevTable.sizeAllowed(size)) {
            allowed = (int) size;
        } else if (size > 0 && size <= MaglevTable.SIZE_MAX) {
            // beyond that a rule of the API refuses it
            long next = size + 1;
            while (!MaglevTable.sizeAllowed(next)) {
                next++;
            }
            context.problem(path, Long.toString(size), "the size of a Maglev table must be a prime number",
                    "write " + next);
        }
        return new BalancePolicy.Maglev(allowed, useHostname, factor);
    }

    /** A rule of the API refuses what is above 0 and below 100. */
    private static int factor(int percent) {
        int factor = Plain.limit(percent);
        return factor < FACTOR_MIN ? 0 : factor;
    }

    /** A typed policy with what its message says of localities, and of what is hashed. */
    private static Balancing balancing(BalancePolicy policy, ConsistentHashingLbConfig common, boolean byLocality,
            ReadContext context) {
        Balancing balancing = Balancing.DEFAULT.withPolicy(policy).withHashKeys(
                HashKeyReader.keys(common.getHashPolicyList(), context.at("consistent_hashing_lb_config")));
        return byLocality
                ? balancing.withTiers(balancing.tiers().withLocality(new LocalityRule.Weighted()))
                : balancing;
    }

    private record OnARing() implements ExtensionReader<RingHash, Balancing> {

        @Override
        public RingHash prototype() {
            return RingHash.getDefaultInstance();
        }

        @Override
        public Class<Balancing> kind() {
            return Balancing.class;
        }

        @SuppressWarnings("deprecation") // the fields beside consistent_hashing_lb_config are the older way
        @Override
        public @Nullable Balancing read(RingHash config, ReadContext context) {
            boolean grouped = config.hasConsistentHashingLbConfig();
            ConsistentHashingLbConfig common = config.getConsistentHashingLbConfig();
            int factor = grouped
                    ? factor(common.getHashBalanceFactor().getValue())
                    : factor(config.getHashBalanceFactor().getValue());
            if (grouped) {
                // as in Envoy: the newer message counts, whatever it says
                older(context, config.hasHashBalanceFactor(), "hash_balance_factor");
                older(context, config.getUseHostnameForHashing(), "use_hostname_for_hashing");
            }
            boolean murmur = config.getHashFunction() == RingHash.HashFunction.MURMUR_HASH_2;
            BalancePolicy policy = ring(context, "", config.hasMinimumRingSize() ? config.getMinimumRingSize() : null,
                    config.hasMaximumRingSize() ? config.getMaximumRingSize() : null,
                    murmur ? HashFunction.MURMUR_HASH_2 : HashFunction.XX_HASH,
                    grouped ? common.getUseHostnameForHashing() : config.getUseHostnameForHashing(), factor);
            return balancing(policy, common, config.hasLocalityWeightedLbConfig(), context);
        }
    }

    private static void older(ReadContext context, boolean has, String field) {
        if (has) {
            context.warning(field, "", "this is not used, because consistent_hashing_lb_config is there",
                    "say it in consistent_hashing_lb_config, or remove it");
        }
    }

    private record InATable() implements ExtensionReader<Maglev, Balancing> {

        @Override
        public Maglev prototype() {
            return Maglev.getDefaultInstance();
        }

        @Override
        public Class<Balancing> kind() {
            return Balancing.class;
        }

        @Override
        public @Nullable Balancing read(Maglev config, ReadContext context) {
            ConsistentHashingLbConfig common = config.getConsistentHashingLbConfig();
            BalancePolicy policy = table(context, "table_size",
                    config.hasTableSize() ? config.getTableSize().getValue() : MaglevTable.SIZE_DEFAULT,
                    common.getUseHostnameForHashing(), factor(common.getHashBalanceFactor().getValue()));
            return balancing(policy, common, config.hasLocalityWeightedLbConfig(), context);
        }
    }
}
