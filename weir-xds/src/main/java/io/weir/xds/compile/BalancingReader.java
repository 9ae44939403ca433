package io.weir.xds.compile;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UInt32Value;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CommonLbConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbSubsetConfig;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.HealthStatusSet;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.*;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.ZoneAwareLbConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.envoyproxy.envoy.extensions.load_balancing_policies.subset.v3.Subset;
import io.envoyproxy.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.weir.core.model.Announced;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.model.LocalityRule;
import io.weir.core.model.SlowStart;
import io.weir.core.model.SubsetRule;
import io.weir.core.model.SubsetRule.Fallback;
import io.weir.core.model.SubsetRule.Selector;
import io.weir.core.model.Tiers;
import io.weir.core.model.Tiers.Drop;

import org.jspecify.annotations.Nullable;

/**
 * Reads among which hosts a cluster chooses: priorities, panic, localities, slow start. Where the cluster has typed
 * policies, localities and slow start are told there; else in {@code common_lb_config} and the policy's own config.
 */
final class BalancingReader {

    private static final double MIN_WEIGHT_PERCENT = 10;
    private static final int KEYS_SUBSET = 4;
    private static final int FALLBACK_LIST = 1;

    private final ReadContext context;
    private final Cluster cluster;

    private BalancingReader(ReadContext context, Cluster cluster) {
        this.context = context;
        this.cluster = cluster;
    }

    static Balancing read(ReadContext context, Cluster cluster) {
        return new BalancingReader(context, cluster).read();
    }

    private Balancing read() {
        Balancing balancing = withoutSubsets();
        if (cluster.hasLbSubsetConfig() && !cluster.hasLoadBalancingPolicy()) {
            balancing = balancing.withSubsets(olderSubsets(cluster.getLbSubsetConfig()));
        }
        return cluster.getCommonLbConfig().hasOverrideHostStatus()
                ? balancing.withOverrideStatuses(statuses(cluster.getCommonLbConfig().getOverrideHostStatus()))
                : balancing;
    }

    private static Set<Announced> statuses(HealthStatusSet message) {
        Set<Announced> statuses = EnumSet.noneOf(Announced.class);
        for (HealthStatus status : message.getStatusesList()) {
            statuses.add(Endpoints.announced(status));
        }
        // in Envoy too, what is announced as nothing and what is announced as healthy are the same here
        if (statuses.contains(Announced.UNKNOWN) || statuses.contains(Announced.HEALTHY)) {
            statuses.addAll(List.of(Announced.UNKNOWN, Announced.HEALTHY));
        }
        return statuses;
    }

    private Balancing withoutSubsets() {
        Tiers tiers = tiers(cluster.getLoadAssignment().getPolicy());
        CommonLbConfig common = cluster.getCommonLbConfig();
        if (common.hasHealthyPanicThreshold()) {
            tiers = tiers.withPanic(percent(common.getHealthyPanicThreshold().getValue()), false);
        }
        if (cluster.hasLoadBalancingPolicy()) {
            BalancePolicies.besideTyped(context, cluster);
            Balancing typed = BalancePolicies.typed(context.at("load_balancing_policy"),
                    cluster.getLoadBalancingPolicy());
            Tiers told = typed.tiers();
            return typed.withTiers(tiers.withLocality(told.locality())
                    .withPanic(tiers.panicPercent(), told.failOnPanic()));
        }
        var balancing = Balancing.DEFAULT.withPolicy(BalancePolicies.read(context, cluster)).withTiers(tiers);
        balancing = switch (common.getLocalityConfigSpecifierCase()) {
            case LOCALITYCONFIGSPECIFIER_NOT_SET -> balancing;
            case LOCALITY_WEIGHTED_LB_CONFIG -> locality(balancing, new LocalityRule.Weighted(), false);
            case ZONE_AWARE_LB_CONFIG -> {
                var zone = common.getZoneAwareLbConfig();
                yield locality(balancing, zoneAware(zone.hasRoutingEnabled(), zone.getRoutingEnabled().getValue(),
                        zone.hasMinClusterSize(), zone.getMinClusterSize().getValue(), 0, false),
                        zone.getFailTrafficOnPanic());
            }
        };
        return balancing.withSlowStart(olderSlowStart());
    }

    private Tiers tiers(ClusterLoadAssignment.Policy policy) {
        var otherwise = Tiers.DEFAULT;
        int factor = policy.hasOverprovisioningFactor()
                ? Math.max(1, Plain.limit(policy.getOverprovisioningFactor().getValue()))
                : otherwise.overprovisioningPercent();
        var drops = new ArrayList<Drop>();
        for (var drop : policy.getDropOverloadsList()) {
            drops.add(new Drop(drop.getCategory(), perMillion(drop.getDropPercentage())));
        }
        return new Tiers(factor, policy.getWeightedPriorityHealth(), otherwise.panicPercent(), false,
                otherwise.locality(), drops);
    }

    private static int perMillion(FractionalPercent percent) {
        long scale = switch (percent.getDenominator()) {
            case HUNDRED, UNRECOGNIZED -> Drop.WHOLE / 100;
            case TEN_THOUSAND -> Drop.WHOLE / 10_000;
            case MILLION -> 1;
        };
        return (int) Math.min(Drop.WHOLE, Integer.toUnsignedLong(percent.getNumerator()) * scale);
    }

    private @Nullable SlowStart olderSlowStart() {
        var older = switch (cluster.getLbPolicy()) {
            case ROUND_ROBIN -> cluster.getRoundRobinLbConfig().getSlowStartConfig();
            case LEAST_REQUEST -> cluster.getLeastRequestLbConfig().getSlowStartConfig();
            case RANDOM, RING_HASH, MAGLEV, CLUSTER_PROVIDED, LOAD_BALANCING_POLICY_CONFIG, UNRECOGNIZED ->
                Cluster.SlowStartConfig.getDefaultInstance();
        };
        return slowStart(SlowStartConfig.newBuilder().setSlowStartWindow(older.getSlowStartWindow())
                .setAggression(older.getAggression()).setMinWeightPercent(older.getMinWeightPercent()).build(),
                older.hasAggression(), older.hasMinWeightPercent());
    }

    private static @Nullable SlowStart slowStart(SlowStartConfig config) {
        return slowStart(config, config.hasAggression(), config.hasMinWeightPercent());
    }

    private static @Nullable SlowStart slowStart(SlowStartConfig config, boolean hasAggression, boolean hasMinimum) {
        long window = Plain.nanos(config.getSlowStartWindow());
        if (window <= 0) {
            return null;
        }
        double aggression = hasAggression ? config.getAggression().getDefaultValue() : 1;
        double minimum = hasMinimum ? config.getMinWeightPercent().getValue() : MIN_WEIGHT_PERCENT;
        // as Envoy: what is not above 0 is a tenth; a weight of nothing would never be chosen, so it is a thousandth
        return new SlowStart(window, aggression > 0 ? aggression : 0.1, Math.clamp(minimum, 0.1, 100));
    }

    private static int percent(double value) {
        return (int) Math.round(Math.clamp(value, 0, 100));
    }

    private static Balancing locality(Balancing balancing, LocalityRule rule, boolean failOnPanic) {
        Tiers tiers = balancing.tiers();
        return balancing.withTiers(tiers.withLocality(rule).withPanic(tiers.panicPercent(), failOnPanic));
    }

    private static LocalityRule zoneAware(boolean hasRouting, double routing, boolean hasMinimum, long minimum,
            int localHostsMin, boolean byWeight) {
        var otherwise = LocalityRule.ZoneAware.DEFAULT;
        return new LocalityRule.ZoneAware(hasRouting ? Math.clamp(routing, 0, 100) : otherwise.routingPercent(),
                hasMinimum ? Plain.limit(minimum) : otherwise.hostsMin(), localHostsMin, byWeight);
    }

    /** What a typed policy says beside its policy: of localities, and of slow start. */
    static Balancing beside(BalancePolicy policy, Any any) {
        Balancing balancing = Balancing.DEFAULT.withPolicy(policy);
        try {
            if (any.is(RoundRobin.class)) {
                RoundRobin config = any.unpack(RoundRobin.class);
                return localities(balancing.withSlowStart(slowStart(config.getSlowStartConfig())),
                        config.getLocalityLbConfig());
            }
            if (any.is(LeastRequest.class)) {
                LeastRequest config = any.unpack(LeastRequest.class);
                return localities(balancing.withSlowStart(slowStart(config.getSlowStartConfig())),
                        config.getLocalityLbConfig());
            }
            if (any.is(ClientSideWeightedRoundRobin.class)) {
                return balancing.withSlowStart(
                        slowStart(any.unpack(ClientSideWeightedRoundRobin.class).getSlowStartConfig()));
            }
            return any.is(Random.class)
                    ? localities(balancing, any.unpack(Random.class).getLocalityLbConfig())
                    : balancing;
        } catch (InvalidProtocolBufferException e) {
            return balancing; // told where the policy was read
        }
    }

    private static Balancing localities(Balancing balancing, LocalityLbConfig config) {
        return switch (config.getLocalityConfigSpecifierCase()) {
            case LOCALITYCONFIGSPECIFIER_NOT_SET -> balancing;
            case LOCALITY_WEIGHTED_LB_CONFIG -> locality(balancing, new LocalityRule.Weighted(), false);
            case ZONE_AWARE_LB_CONFIG -> {
                ZoneAwareLbConfig zone = config.getZoneAwareLbConfig();
                yield locality(balancing, zoneAware(zone.hasRoutingEnabled(), zone.getRoutingEnabled().getValue(),
                        zone.hasMinClusterSize(), zone.getMinClusterSize().getValue(), localHostsMin(zone),
                        zone.getLocalityBasis() == ZoneAwareLbConfig.LocalityBasis.HEALTHY_HOSTS_WEIGHT),
                        zone.getFailTrafficOnPanic());
            }
        };
    }

    /** As in Envoy: forced, but by how many hosts is not said, means by as many as {@code min_cluster_size}. */
    @SuppressWarnings("deprecation") // force_locality_direct_routing is the older word for force_local_zone
    private static int localHostsMin(ZoneAwareLbConfig zone) {
        if (zone.hasForceLocalZone()) {
            UInt32Value least = zone.getForceLocalZone().getMinSize();
            return zone.getForceLocalZone().hasMinSize()
                    ? Math.max(1, Plain.limit(least.getValue()))
                    : LocalityRule.ZoneAware.DEFAULT.hostsMin();
        }
        return zone.getForceLocalityDirectRouting() ? LocalityRule.ZoneAware.DEFAULT.hostsMin() : 0;
    }

    private SubsetRule olderSubsets(LbSubsetConfig older) {
        var selectors = new ArrayList<Selector>();
        for (int i = 0; i < older.getSubsetSelectorsCount(); i++) {
            var selector = older.getSubsetSelectors(i);
            checkSelector(context.at("lb_subset_config").at("subset_selectors", i), selector.getKeysList(),
                    selector.getFallbackPolicyValue() == KEYS_SUBSET, selector.getFallbackKeysSubsetList());
            selectors.add(selector(selector.getKeysList(), selector.getSingleHostPerSubset(),
                    selector.getFallbackPolicyValue(), selector.getFallbackKeysSubsetList()));
        }
        checkShapes(context.at("lb_subset_config"), selectors);
        return new SubsetRule(fallback(older.getFallbackPolicyValue()), Plain.map(older.getDefaultSubset()), selectors,
                older.getLocalityWeightAware(), older.getScaleLocalityWeight(), older.getPanicModeAny(),
                older.getListAsAny(), older.getMetadataFallbackPolicyValue() == FALLBACK_LIST);
    }

    private static Selector selector(List<String> keys, boolean singleHost, int fallback, List<String> fallbackKeys) {
        return new Selector(Set.copyOf(keys), singleHost, switch (fallback) {
            case 1 -> Fallback.NO_FALLBACK;
            case 2 -> Fallback.ANY_ENDPOINT;
            case 3 -> Fallback.DEFAULT_SUBSET;
            case 4 -> Fallback.KEYS_SUBSET;
            default -> Fallback.NOT_DEFINED;
        }, Set.copyOf(fallbackKeys));
    }

    /** The older and the newer message number their values alike. */
    private static Fallback fallback(int number) {
        return switch (number) {
            case 1 -> Fallback.ANY_ENDPOINT;
            case 2 -> Fallback.DEFAULT_SUBSET;
            default -> Fallback.NO_FALLBACK;
        };
    }

    /** Keys to fall back to must be fewer than the selector's own, or the search would not end. */
    private static void checkSelector(ReadContext context, List<String> keys, boolean toKeys, List<String> fewer) {
        boolean wrong = toKeys
                ? fewer.isEmpty() || !keys.containsAll(fewer) || fewer.size() >= keys.size()
                : !fewer.isEmpty();
        if (wrong) {
            context.problem("fallback_keys_subset", String.join(", ", fewer), toKeys
                    ? "KEYS_SUBSET needs some of the selector's keys, but not all of them"
                    : "these keys are for fallback_policy: KEYS_SUBSET alone",
                    toKeys ? "name fewer keys of this selector" : "set fallback_policy: KEYS_SUBSET, or remove them");
        }
    }

    private static void checkShapes(ReadContext context, List<Selector> selectors) {
        var seen = new HashSet<Set<String>>();
        for (int i = 0; i < selectors.size(); i++) {
            Set<String> keys = selectors.get(i).keys();
            if (!seen.add(keys)) {
                context.at("subset_selectors", i).warning("keys", String.join(", ", new TreeSet<>(keys)),
                        "a selector before this one has the same keys; this one is not used", "remove one of them");
            }
        }
    }

    /** Subsets, and within each another policy. */
    private record Divided() implements ExtensionReader<Subset, Balancing> {

        @Override
        public Subset prototype() {
            return Subset.getDefaultInstance();
        }

        @Override
        public Class<Balancing> kind() {
            return Balancing.class;
        }

        @Override
        public @Nullable Balancing read(Subset config, ReadContext context) {
            var selectors = new ArrayList<Selector>();
            for (int i = 0; i < config.getSubsetSelectorsCount(); i++) {
                var selector = config.getSubsetSelectors(i);
                checkSelector(context.at("subset_selectors", i), selector.getKeysList(),
                        selector.getFallbackPolicyValue() == KEYS_SUBSET, selector.getFallbackKeysSubsetList());
                selectors.add(selector(selector.getKeysList(), selector.getSingleHostPerSubset(),
                        selector.getFallbackPolicyValue(), selector.getFallbackKeysSubsetList()));
            }
            checkShapes(context, selectors);
            Balancing within = BalancePolicies.typed(context.at("subset_lb_policy"), config.getSubsetLbPolicy());
            BalancePolicies.overrides(context, "subset_lb_policy", within.subsets() != null, "what subsets there are");
            return within.withSubsets(new SubsetRule(fallback(config.getFallbackPolicyValue()),
                    Plain.map(config.getDefaultSubset()), selectors, config.getLocalityWeightAware(),
                    config.getScaleLocalityWeight(), config.getPanicModeAny(), config.getListAsAny(),
                    config.getMetadataFallbackPolicyValue() == FALLBACK_LIST));
        }
    }

    /** Localities by weight, and within them another policy. */
    private record WeightedLocalities() implements ExtensionReader<WrrLocality, Balancing> {

        @Override
        public WrrLocality prototype() {
            return WrrLocality.getDefaultInstance();
        }

        @Override
        public Class<Balancing> kind() {
            return Balancing.class;
        }

        @Override
        public @Nullable Balancing read(WrrLocality config, ReadContext context) {
            Balancing within = BalancePolicies.typed(context.at("endpoint_picking_policy"),
                    config.getEndpointPickingPolicy());
            LocalityRule said = within.tiers().locality();
            BalancePolicies.overrides(context, "endpoint_picking_policy",
                    !(said instanceof LocalityRule.Ignored) && !(said instanceof LocalityRule.Weighted),
                    "how localities share");
            return locality(within, new LocalityRule.Weighted(), false);
        }
    }

    static List<ExtensionReader<?, ?>> readers() {
        return List.of(new WeightedLocalities(), new Divided());
    }
}
