package io.weir.xds.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.google.protobuf.Any;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CommonLbConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;

import org.jspecify.annotations.Nullable;

/** Reads how a cluster chooses its hosts, from the older {@code lb_policy} and the newer list of typed policies. */
final class BalancePolicies {

    private static final int CHOICES_DEFAULT = 2;
    private static final String OLDER = "ROUND_ROBIN, LEAST_REQUEST, RANDOM, RING_HASH or MAGLEV";

    private BalancePolicies() {}

    static List<ExtensionReader<?, ?>> readers() {
        var readers = new ArrayList<ExtensionReader<?, ?>>(
                List.of(new InTurns(), new AtRandom(), new FewestRequests()));
        readers.addAll(HashPolicies.readers());
        readers.addAll(LoadPolicies.readers());
        readers.addAll(StructurePolicies.readers());
        return readers;
    }

    /** The policy of a cluster that has no list of typed policies; round robin after a problem. */
    static BalancePolicy read(ReadContext context, Cluster cluster) {
        unused(context, cluster);
        return switch (cluster.getLbPolicy()) {
            case ROUND_ROBIN -> new BalancePolicy.RoundRobin();
            case RANDOM -> new BalancePolicy.Random();
            case LEAST_REQUEST -> leastRequest(cluster);
            case RING_HASH -> HashPolicies.ringHash(context, cluster);
            case MAGLEV -> HashPolicies.maglev(context, cluster);
            case CLUSTER_PROVIDED -> {
                // those that choose by themselves: ORIGINAL_DST, and what stands under cluster_type
                if (!cluster.hasClusterType() && cluster.getType() != Cluster.DiscoveryType.ORIGINAL_DST) {
                    context.problem("lb_policy", cluster.getLbPolicy().name(),
                            "a cluster of type " + cluster.getType() + " does not choose its hosts by itself",
                            "use " + OLDER);
                }
                yield new BalancePolicy.RoundRobin();
            }
            case LOAD_BALANCING_POLICY_CONFIG -> {
                context.problem("lb_policy", LbPolicy.LOAD_BALANCING_POLICY_CONFIG.name(),
                        "this says that load_balancing_policy tells the policy, and that is missing",
                        "add load_balancing_policy, or use " + OLDER);
                yield new BalancePolicy.RoundRobin();
            }
            case UNRECOGNIZED -> new BalancePolicy.RoundRobin(); // a rule of the API refuses it
        };
    }

    private static void unused(ReadContext context, Cluster cluster) {
        unused(context, cluster, cluster.hasRoundRobinLbConfig(), LbPolicy.ROUND_ROBIN);
        unused(context, cluster, cluster.hasLeastRequestLbConfig(), LbPolicy.LEAST_REQUEST);
        unused(context, cluster, cluster.hasRingHashLbConfig(), LbPolicy.RING_HASH);
        unused(context, cluster, cluster.hasMaglevLbConfig(), LbPolicy.MAGLEV);
        if (cluster.getCommonLbConfig().hasConsistentHashingLbConfig() && cluster.getLbPolicy() != LbPolicy.RING_HASH
                && cluster.getLbPolicy() != LbPolicy.MAGLEV) {
            context.warning("common_lb_config.consistent_hashing_lb_config", "", "this is not used, because"
                    + " lb_policy is " + cluster.getLbPolicy().name(), "set lb_policy: MAGLEV, or remove it");
        }
    }

    private static void unused(ReadContext context, Cluster cluster, boolean has, LbPolicy policy) {
        if (has && cluster.getLbPolicy() != policy) {
            context.warning(policy.name().toLowerCase(Locale.ROOT) + "_lb_config", "", "this is not used, because"
                    + " lb_policy is " + cluster.getLbPolicy().name(), "set lb_policy: " + policy + ", or remove it");
        }
    }

    /**
     * What is older than a list of typed policies and stands beside one: Envoy refuses some of it, and skips others.
     */
    static void besideTyped(ReadContext context, Cluster cluster) {
        CommonLbConfig common = cluster.getCommonLbConfig();
        refused(context, cluster.hasLbSubsetConfig(), "lb_subset_config", "envoy.load_balancing_policies.subset");
        refused(context, common.hasLocalityWeightedLbConfig(), "common_lb_config.locality_weighted_lb_config",
                "the policy's locality_lb_config");
        refused(context, common.hasZoneAwareLbConfig(), "common_lb_config.zone_aware_lb_config",
                "the policy's locality_lb_config");
        refused(context, common.hasConsistentHashingLbConfig(), "common_lb_config.consistent_hashing_lb_config",
                "the policy's consistent_hashing_lb_config");
        ignored(context, cluster.getLbPolicy() != LbPolicy.ROUND_ROBIN
                && cluster.getLbPolicy() != LbPolicy.LOAD_BALANCING_POLICY_CONFIG, "lb_policy");
        ignored(context, cluster.hasRoundRobinLbConfig(), "round_robin_lb_config");
        ignored(context, cluster.hasLeastRequestLbConfig(), "least_request_lb_config");
        ignored(context, cluster.hasRingHashLbConfig(), "ring_hash_lb_config");
        ignored(context, cluster.hasMaglevLbConfig(), "maglev_lb_config");
    }

    private static void refused(ReadContext context, boolean has, String field, String instead) {
        if (has) {
            context.problem(field, "", "this cannot stand beside load_balancing_policy, in Envoy neither",
                    "say it in " + instead + ", or remove it");
        }
    }

    private static void ignored(ReadContext context, boolean has, String field) {
        if (has) {
            context.warning(field, "", "this is not used, because load_balancing_policy tells the policy",
                    "say it there, or remove it");
        }
    }

    /** A policy around another one says itself what the one within says too: the outer one counts. */
    static void overrides(ReadContext context, String child, boolean both, String what) {
        if (both) {
            context.warning(child, "", "the policy within says " + what + " too; what it says of that is not used,"
                    + " because this policy around it decides", "remove it there");
        }
    }

    private static BalancePolicy leastRequest(Cluster cluster) {
        var config = cluster.getLeastRequestLbConfig();
        int choices = config.hasChoiceCount() ? config.getChoiceCount().getValue() : CHOICES_DEFAULT;
        double bias = config.hasActiveRequestBias() ? config.getActiveRequestBias().getDefaultValue() : 1;
        return leastRequest(choices, bias, false);
    }

    private static BalancePolicy leastRequest(int choices, double bias, boolean fullScan) {
        // Envoy takes a negative bias for 0; a rule of the API refuses less than two choices
        return new BalancePolicy.LeastRequest(Math.max(CHOICES_DEFAULT, Plain.limit(choices)), Math.max(0, bias),
                fullScan);
    }

    /**
     * What a list of typed policies says: as Envoy, the first that is known counts.
     *
     * @param context
     *            the list's own
     */
    static Balancing typed(ReadContext context, LoadBalancingPolicy list) {
        var unknown = new ArrayList<String>();
        for (int i = 0; i < list.getPoliciesCount(); i++) {
            var entry = list.getPolicies(i).getTypedExtensionConfig();
            if (context.isKnown(entry.getTypedConfig())) {
                Object read = context.extension("policies[" + i + "].typed_extension_config.typed_config",
                        entry.getTypedConfig(), Object.class);
                for (int unused = i + 1; unused < list.getPoliciesCount(); unused++) {
                    context.skip("policies[" + unused + "]");
                }
                return balancing(context, i, entry.getTypedConfig(), read);
            }
            context.skip("policies[" + i + "]");
            unknown.add(entry.getName().isEmpty() ? TypedConfigs.type(entry.getTypedConfig()) : entry.getName());
        }
        context.problem("", String.join(", ", unknown), unknown.isEmpty()
                ? "the list of policies is empty"
                : "Weir does not have any of these balancing policies yet",
                "add one of envoy.extensions.load_balancing_policies."
                        + "{round_robin,least_request,random,ring_hash,maglev}.v3");
        return Balancing.DEFAULT;
    }

    private static Balancing balancing(ReadContext context, int i, Any any, @Nullable Object read) {
        return switch (read) {
            case null -> Balancing.DEFAULT; // told already
            case BalancePolicy policy -> BalancingReader.beside(policy, any);
            case Balancing whole -> whole;
            default -> {
                context.problem("policies[" + i + "].typed_extension_config.typed_config", TypedConfigs.type(any),
                        "this extension cannot stand here", "name a balancing policy");
                yield Balancing.DEFAULT;
            }
        };
    }

    private record InTurns() implements ExtensionReader<RoundRobin, BalancePolicy> {

        @Override
        public RoundRobin prototype() {
            return RoundRobin.getDefaultInstance();
        }

        @Override
        public Class<BalancePolicy> kind() {
            return BalancePolicy.class;
        }

        @Override
        public @Nullable BalancePolicy read(RoundRobin config, ReadContext context) {
            return new BalancePolicy.RoundRobin();
        }
    }

    private record AtRandom() implements ExtensionReader<Random, BalancePolicy> {

        @Override
        public Random prototype() {
            return Random.getDefaultInstance();
        }

        @Override
        public Class<BalancePolicy> kind() {
            return BalancePolicy.class;
        }

        @Override
        public @Nullable BalancePolicy read(Random config, ReadContext context) {
            return new BalancePolicy.Random();
        }
    }

    private record FewestRequests() implements ExtensionReader<LeastRequest, BalancePolicy> {

        @Override
        public LeastRequest prototype() {
            return LeastRequest.getDefaultInstance();
        }

        @Override
        public Class<BalancePolicy> kind() {
            return BalancePolicy.class;
        }

        @SuppressWarnings("deprecation") // enable_full_scan is the older word for selection_method
        @Override
        public @Nullable BalancePolicy read(LeastRequest config, ReadContext context) {
            int choices = config.hasChoiceCount() ? config.getChoiceCount().getValue() : CHOICES_DEFAULT;
            double bias = config.hasActiveRequestBias() ? config.getActiveRequestBias().getDefaultValue() : 1;
            boolean fullScan = config.getEnableFullScan().getValue()
                    || config.getSelectionMethod() == LeastRequest.SelectionMethod.FULL_SCAN;
            return leastRequest(choices, bias, fullScan);
        }
    }
}
