package io.weir.xds.compile;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.Any;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.OriginalDstLbConfig;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.weir.core.model.ClusterSpec.Members;
import io.weir.core.model.ClusterSpec.OriginalDst;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.DnsOptions;
import io.weir.core.model.LookupFamily;

import org.jspecify.annotations.Nullable;

/** Reads where the hosts of a cluster come from, and how names are resolved. */
final class DnsClusters {

    /** Envoy does not ask more often than this when told to respect the time to live. */
    private static final long REFRESH_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(1);

    private static final Set<String> SAME_ANSWERS = Set.of(
            "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig",
            "envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig",
            "envoy.extensions.network.dns_resolver.apple.v3.AppleDnsResolverConfig");

    private DnsClusters() {}

    /**
     * Where hosts come from.
     *
     * @param type
     *            how
     * @param dns
     *            how names are resolved
     * @param more
     *            what else the type says, as extensions of the cluster
     */
    record Source(DiscoveryType type, DnsOptions dns, Map<String, Object> more) {

        Source(DiscoveryType type, DnsOptions dns) {
            this(type, dns, Map.of());
        }
    }

    /** The source of a cluster's hosts; null after a problem. */
    static @Nullable Source read(ReadContext context, Cluster cluster) {
        if (cluster.getType() != Cluster.DiscoveryType.ORIGINAL_DST
                && (cluster.hasCleanupInterval() || cluster.hasOriginalDstLbConfig())) {
            context.warning(cluster.hasCleanupInterval() ? "cleanup_interval" : "original_dst_lb_config", "",
                    "this is for clusters of type ORIGINAL_DST, and changes nothing here", "remove it");
        }
        return switch (cluster.getClusterDiscoveryTypeCase()) {
            case TYPE, CLUSTERDISCOVERYTYPE_NOT_SET -> byType(context, cluster);
            case CLUSTER_TYPE -> byExtension(context.at("cluster_type"), cluster);
        };
    }

    private static @Nullable Source byType(ReadContext context, Cluster cluster) {
        return switch (cluster.getType()) {
            case STATIC -> new Source(DiscoveryType.STATIC, options(cluster));
            case STRICT_DNS -> new Source(DiscoveryType.STRICT_DNS, options(cluster));
            case LOGICAL_DNS -> new Source(DiscoveryType.LOGICAL_DNS, options(cluster));
            case EDS -> {
                if (!cluster.hasEdsClusterConfig() || !cluster.getEdsClusterConfig().hasEdsConfig()) {
                    context.problem("type", "EDS",
                            "an EDS cluster needs eds_cluster_config.eds_config: the source of its endpoints",
                            "add it, or use type: STATIC or STRICT_DNS with load_assignment");
                }
                context.problem("type", "EDS", "Weir does not read endpoints from a control plane yet",
                        "use type: STATIC or STRICT_DNS with load_assignment");
                yield null;
            }
            case ORIGINAL_DST -> new Source(DiscoveryType.ORIGINAL_DST, options(cluster),
                    Map.of(OriginalDst.KEY, originalDst(context, cluster)));
            case UNRECOGNIZED -> null; // a rule of the API refuses it
        };
    }

    private static @Nullable Source byExtension(ReadContext context, Cluster cluster) {
        var custom = cluster.getClusterType();
        Any config = custom.getTypedConfig();
        if (!TypedConfigs.type(config).isEmpty()) {
            Source source = context.extension("typed_config", config, Source.class);
            if (source != null && source.more().get(Members.KEY) instanceof Members members
                    && members.clusters().contains(cluster.getName())) {
                context.problem("typed_config.clusters", cluster.getName(), "a cluster cannot stand for itself",
                        "name other clusters");
            }
            return source;
        }
        return switch (custom.getName()) {
            case "envoy.cluster.static" -> new Source(DiscoveryType.STATIC, options(cluster));
            case "envoy.cluster.strict_dns" -> new Source(DiscoveryType.STRICT_DNS, options(cluster));
            case "envoy.cluster.logical_dns" -> new Source(DiscoveryType.LOGICAL_DNS, options(cluster));
            default -> {
                context.problem("name", custom.getName(), "Weir does not have this type of cluster yet",
                        "use type: STATIC, STRICT_DNS or LOGICAL_DNS");
                yield null;
            }
        };
    }

    private static OriginalDst originalDst(ReadContext context, Cluster cluster) {
        OriginalDstLbConfig config = cluster.getOriginalDstLbConfig();
        if (cluster.getLoadAssignment().getEndpointsCount() > 0) {
            context.problem("load_assignment", "", "a cluster of type ORIGINAL_DST has no endpoints of its own",
                    "remove it");
        }
        String header = config.getHttpHeaderName().isEmpty()
                ? "x-envoy-original-dst-host"
                : config.getHttpHeaderName().toLowerCase(Locale.ROOT);
        long cleanup = cluster.hasCleanupInterval()
                ? Math.max(1, Plain.nanos(cluster.getCleanupInterval()))
                : OriginalDst.DEFAULT.cleanupNanos();
        // a rule of the API bounds the port
        return new OriginalDst(config.hasMetadataKey() ? Plain.path(config.getMetadataKey()) : null,
                config.getUseHttpHeader() ? header : null,
                Math.clamp(config.getUpstreamPortOverride().getValue(), 0, 65_535), cleanup);
    }

    @SuppressWarnings("deprecation") // the older fields are still what most files use
    private static DnsOptions options(Cluster cluster) {
        long refresh = cluster.hasDnsRefreshRate()
                ? Plain.nanos(cluster.getDnsRefreshRate())
                : DnsOptions.DEFAULT.refreshNanos();
        long failureRefresh = cluster.hasDnsFailureRefreshRate()
                ? Plain.nanos(cluster.getDnsFailureRefreshRate().getBaseInterval())
                : refresh;
        long jitter = Plain.nanos(cluster.getDnsJitter());
        LookupFamily family = switch (cluster.getDnsLookupFamily()) {
            case AUTO, UNRECOGNIZED -> LookupFamily.AUTO;
            case V4_ONLY -> LookupFamily.V4_ONLY;
            case V6_ONLY -> LookupFamily.V6_ONLY;
            case V4_PREFERRED -> LookupFamily.V4_PREFERRED;
            case ALL -> LookupFamily.ALL;
        };
        return options(refresh, failureRefresh, jitter, cluster.getRespectDnsTtl(), family);
    }

    private static DnsOptions options(long refresh, long failureRefresh, long jitter, boolean ttl,
            LookupFamily family) {
        return new DnsOptions(Math.max(REFRESH_NANOS_MIN, refresh), Math.max(REFRESH_NANOS_MIN, failureRefresh),
                Math.max(0, jitter), ttl, family);
    }

    /** Judges which resolver is asked for: Weir has one, so only what changes nothing may pass. */
    static void checkResolver(ReadContext context, TypedExtensionConfig resolver) {
        String type = TypedConfigs.type(resolver.getTypedConfig());
        if (!SAME_ANSWERS.contains(type)) {
            context.problem("typed_config", type, "Weir does not have this resolver", "remove it");
        } else {
            // What is set in it is refused as fields that are not honoured, each at its own place.
            context.warning("typed_config", type, "Weir has one resolver of its own and uses that", "");
        }
    }

    /** The newer way to write a DNS cluster: {@code cluster_type} with {@code envoy.extensions.clusters.dns.v3}. */
    record DnsClusterReader() implements ExtensionReader<DnsCluster, Source> {

        @Override
        public DnsCluster prototype() {
            return DnsCluster.getDefaultInstance();
        }

        @Override
        public Class<Source> kind() {
            return Source.class;
        }

        @Override
        public @Nullable Source read(DnsCluster config, ReadContext context) {
            if (config.hasTypedDnsResolverConfig()) {
                checkResolver(context.at("typed_dns_resolver_config"), config.getTypedDnsResolverConfig());
            }
            long refresh = config.hasDnsRefreshRate()
                    ? Plain.nanos(config.getDnsRefreshRate())
                    : DnsOptions.DEFAULT.refreshNanos();
            long failureRefresh = config.hasDnsFailureRefreshRate()
                    ? Plain.nanos(config.getDnsFailureRefreshRate().getBaseInterval())
                    : refresh;
            LookupFamily family = switch (config.getDnsLookupFamily()) {
                case UNSPECIFIED, AUTO, UNRECOGNIZED -> LookupFamily.AUTO;
                case V4_ONLY -> LookupFamily.V4_ONLY;
                case V6_ONLY -> LookupFamily.V6_ONLY;
                case V4_PREFERRED -> LookupFamily.V4_PREFERRED;
                case ALL -> LookupFamily.ALL;
            };
            return new Source(config.getAllAddressesInSingleEndpoint()
                    ? DiscoveryType.LOGICAL_DNS
                    : DiscoveryType.STRICT_DNS,
                    options(refresh, failureRefresh, Plain.nanos(config.getDnsJitter()), config.getRespectDnsTtl(),
                            family));
        }
    }
}
