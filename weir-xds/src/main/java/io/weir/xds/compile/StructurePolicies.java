package io.weir.xds.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.google.protobuf.Duration;
import com.google.protobuf.DynamicMessage;

import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.extensions.clusters.aggregate.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost;
import io.weir.core.aperture.ApertureRule;
import io.weir.core.aperture.ApertureRule.Deterministic;
import io.weir.core.model.Balancing;
import io.weir.core.model.ClusterSpec.Members;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.DnsOptions;
import io.weir.core.model.LocalityRule;
import io.weir.core.model.LocalityRule.LoadAware;
import io.weir.core.value.HostSource;
import io.weir.xds.shortform.PolicyMessages;

import org.jspecify.annotations.Nullable;

/** Reads the policies and clusters that stand around others: they say among which hosts another policy chooses. */
final class StructurePolicies {

    private StructurePolicies() {}

    static List<ExtensionReader<?, ?>> readers() {
        return List.of(new ByName(), new SomeAtRandom(), new OnAnArc(), new ByHeadroom(), new OfClusters());
    }

    /** Hosts that the request names, and another policy where it names none. */
    private record ByName() implements ExtensionReader<OverrideHost, Balancing> {

        @Override
        public OverrideHost prototype() {
            return OverrideHost.getDefaultInstance();
        }

        @Override
        public Class<Balancing> kind() {
            return Balancing.class;
        }

        @Override
        public @Nullable Balancing read(OverrideHost config, ReadContext context) {
            var sources = new ArrayList<HostSource>();
            for (int i = 0; i < config.getOverrideHostSourcesCount(); i++) {
                var source = config.getOverrideHostSources(i);
                ReadContext at = context.at("override_host_sources", i);
                if (source.hasMetadata()) {
                    // as in Envoy, metadata go before a header of the same source
                    sources.add(new HostSource.Metadata(Plain.path(source.getMetadata())));
                } else if (source.getHeader().isEmpty()) {
                    at.problem("", "", "this source names neither a header nor metadata", "write header: NAME");
                } else {
                    sources.add(new HostSource.Header(source.getHeader().toLowerCase(Locale.ROOT)));
                }
            }
            Balancing within = BalancePolicies.typed(context.at("fallback_policy"), config.getFallbackPolicy());
            BalancePolicies.overrides(context, "fallback_policy", !within.overrideSources().isEmpty(),
                    "what of a request names a host");
            return within.withOverrideSources(sources);
        }
    }

    /** The policy within another; round robin after a problem. */
    private static Balancing child(DynamicMessage config, String field, ReadContext context) {
        LoadBalancingPolicy policy = PolicyMessages.child(config, field);
        if (policy == null) {
            context.problem(field, "", "this policy says only among which hosts another chooses",
                    "add " + field + " with policies, such as envoy.load_balancing_policies.least_request");
            return Balancing.DEFAULT;
        }
        return BalancePolicies.typed(context.at(field), policy);
    }

    /** The policy within one that says which hosts this proxy uses. */
    private static Balancing narrowed(DynamicMessage config, ReadContext context) {
        Balancing within = child(config, "child_policy", context);
        BalancePolicies.overrides(context, "child_policy", !within.aperture().equals(Balancing.DEFAULT.aperture()),
                "which hosts this proxy uses");
        return within;
    }

    /** A field that is a number above 0; {@code otherwise} where it is not set, or after a problem. */
    private static int positive(DynamicMessage config, String field, int otherwise, ReadContext context) {
        Integer value = PolicyMessages.whole(config, field);
        if (value != null && value == 0) {
            context.problem(field, "0", "this must be at least 1", "write " + otherwise + ", or remove it");
            return otherwise;
        }
        return value == null ? otherwise : Plain.limit(value);
    }

    /** So many hosts, drawn by each proxy for itself. */
    private record SomeAtRandom() implements ExtensionReader<DynamicMessage, Balancing> {

        /** That of gRFC A68. */
        private static final int SIZE_DEFAULT = 20;

        @Override
        public String type() {
            return PolicyMessages.RANDOM_SUBSETTING;
        }

        @Override
        public DynamicMessage prototype() {
            return PolicyMessages.randomSubsetting();
        }

        @Override
        public Class<Balancing> kind() {
            return Balancing.class;
        }

        @Override
        public @Nullable Balancing read(DynamicMessage config, ReadContext context) {
            return narrowed(config, context).withAperture(
                    new ApertureRule.RandomSubset(positive(config, "subset_size", SIZE_DEFAULT, context)));
        }
    }

    /** The hosts on an arc of a ring that proxies and hosts divide evenly. */
    private record OnAnArc() implements ExtensionReader<DynamicMessage, Balancing> {

        @Override
        public String type() {
            return PolicyMessages.DETERMINISTIC_APERTURE;
        }

        @Override
        public DynamicMessage prototype() {
            return PolicyMessages.deterministicAperture();
        }

        @Override
        public Class<Balancing> kind() {
            return Balancing.class;
        }

        @Override
        public @Nullable Balancing read(DynamicMessage config, ReadContext context) {
            int least = positive(config, "min_aperture", Deterministic.HOSTS_MIN_DEFAULT, context);
            return narrowed(config, context).withAperture(place(config, least, context));
        }

        private static ApertureRule place(DynamicMessage config, int least, ReadContext context) {
            Integer index = PolicyMessages.whole(config, "peer_index");
            Integer count = PolicyMessages.whole(config, "peer_count");
            var asTheNodeSays = new Deterministic(least, -1, 0);
            if (index == null && count == null) {
                return asTheNodeSays;
            }
            if (index == null || count == null) {
                context.problem(index == null ? "peer_index" : "peer_count", "",
                        "a proxy's place is its index among so many proxies",
                        "give both peer_index and peer_count, or neither: then node.metadata[weir.aperture] says them");
                return asTheNodeSays;
            }
            if (Plain.limit(count) < 1 || Plain.limit(index) >= Plain.limit(count)) {
                context.problem("peer_index", index.toString(), "there is no such proxy among " + count,
                        "count from 0 to peer_count - 1");
                return asTheNodeSays;
            }
            return new Deterministic(least, Plain.limit(index), Plain.limit(count));
        }
    }

    /** Localities by how much they could still do, and within them another policy. */
    private record ByHeadroom() implements ExtensionReader<DynamicMessage, Balancing> {

        @Override
        public String type() {
            return PolicyMessages.LOAD_AWARE_LOCALITY;
        }

        @Override
        public DynamicMessage prototype() {
            return PolicyMessages.loadAwareLocality();
        }

        @Override
        public Class<Balancing> kind() {
            return Balancing.class;
        }

        @Override
        public @Nullable Balancing read(DynamicMessage config, ReadContext context) {
            LoadAware otherwise = LoadAware.DEFAULT;
            Balancing balancing = child(config, "endpoint_picking_policy", context);
            BalancePolicies.overrides(context, "endpoint_picking_policy",
                    !(balancing.tiers().locality() instanceof LocalityRule.Ignored), "how localities share");
            return balancing.withTiers(balancing.tiers().withLocality(new LoadAware(
                    nanos(config, "weight_update_period", otherwise.updateNanos(), context),
                    PolicyMessages.texts(config, "metric_names_for_computing_utilization"),
                    fraction(config, "utilization_variance_threshold", otherwise.varianceThreshold(), context),
                    Math.max(1, nanos(config, "smoothing_time_constant", otherwise.smoothingNanos(), context)),
                    // all of it elsewhere would leave nothing at home to be asked
                    Math.min(0.999_999,
                            fraction(config, "remote_probe_fraction", otherwise.remoteProbeFraction(), context)),
                    nanos(config, "weight_expiration_period", otherwise.expirationNanos(), context),
                    LoadPolicies.reportNanos(context, PolicyMessages.flag(config, "enable_oob_load_report"),
                            PolicyMessages.duration(config, "oob_reporting_period")))));
        }

        private static long nanos(DynamicMessage config, String field, long otherwise, ReadContext context) {
            Duration duration = PolicyMessages.duration(config, field);
            long nanos = duration == null ? otherwise : Plain.nanos(duration);
            if (nanos < 0 || nanos == 0 && field.equals("smoothing_time_constant")) {
                context.problem(field, nanos / 1e9 + "s", "this must be longer than nothing",
                        "write " + otherwise / 1e9 + "s, or remove it");
                return otherwise;
            }
            return nanos;
        }

        private static double fraction(DynamicMessage config, String field, double otherwise, ReadContext context) {
            Double value = PolicyMessages.real(config, field);
            if (value != null && !(value >= 0 && value <= 1)) {
                context.problem(field, value.toString(), "this is a part of a whole: between 0 and 1",
                        "write " + otherwise + ", or remove it");
                return otherwise;
            }
            return value == null ? otherwise : value;
        }
    }

    /** Other clusters as one. */
    private record OfClusters() implements ExtensionReader<ClusterConfig, DnsClusters.Source> {

        @Override
        public ClusterConfig prototype() {
            return ClusterConfig.getDefaultInstance();
        }

        @Override
        public Class<DnsClusters.Source> kind() {
            return DnsClusters.Source.class;
        }

        @Override
        public DnsClusters.Source read(ClusterConfig config, ReadContext context) {
            for (int i = 0; i < config.getClustersCount(); i++) {
                context.clusterReferenced("clusters[" + i + "]", config.getClusters(i));
            }
            return new DnsClusters.Source(DiscoveryType.AGGREGATE, DnsOptions.DEFAULT,
                    Map.of(Members.KEY, new Members(config.getClustersList())));
        }
    }
}
