package io.weir.stream.udp;

import com.github.xds.type.matcher.v3.Matcher;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.extensions.filters.udp.udp_proxy.v3.Route;
import io.envoyproxy.envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.spec.DatagramSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads Envoy's UdpProxyConfig. */
public final class UdpProxyReader implements ExtensionReader<UdpProxyConfig, UdpProxySpec> {
    @Override
    public UdpProxyConfig prototype() {
        return UdpProxyConfig.getDefaultInstance();
    }

    @Override
    public Class<UdpProxySpec> kind() {
        return UdpProxySpec.class;
    }

    @Override
    public @Nullable UdpProxySpec read(UdpProxyConfig config, ReadContext context) {
        String cluster = cluster(config, context);
        long idleNanos = config.hasIdleTimeout()
                ? Plain.nanos(config.getIdleTimeout())
                : UdpProxySpec.IDLE_TIMEOUT_NANOS;
        if (idleNanos <= 0) {
            context.problem("idle_timeout", idleNanos + " ns", "a session of datagrams ends by this time only",
                    "write a time above zero, such as 60s");
            return null;
        }
        var socket = config.getUpstreamSocketConfig();
        long bytesMax = socket.hasMaxRxDatagramSize()
                ? socket.getMaxRxDatagramSize().getValue()
                : DatagramSpec.DATAGRAM_BYTES_DEFAULT;
        var accessLogs = context.accessLogs("access_log", config.getAccessLogList());
        return cluster == null
                ? null
                : new UdpProxySpec(config.getStatPrefix(), cluster, idleNanos, config.getUsePerPacketLoadBalancing(),
                        keys(config), Math.clamp(bytesMax, 1, DatagramSpec.DATAGRAM_BYTES_LIMIT), accessLogs,
                        config.getUseOriginalSrcIp());
    }

    private static List<UdpProxySpec.HashKey> keys(UdpProxyConfig config) {
        var keys = new ArrayList<UdpProxySpec.HashKey>();
        for (UdpProxyConfig.HashPolicy policy : config.getHashPoliciesList()) {
            switch (policy.getPolicySpecifierCase()) {
                case SOURCE_IP -> keys.add(new UdpProxySpec.HashKey.SourceIp());
                case KEY -> keys.add(new UdpProxySpec.HashKey.Constant(policy.getKey()));
                case POLICYSPECIFIER_NOT_SET -> {
                    // a rule of the API says that it is required, and has been told
                }
            }
        }
        return keys;
    }

    @SuppressWarnings("deprecation") // cluster: the older and shorter form
    private static @Nullable String cluster(UdpProxyConfig config, ReadContext context) {
        return switch (config.getRouteSpecifierCase()) {
            case CLUSTER -> {
                context.clusterReferenced("cluster", config.getCluster());
                yield config.getCluster();
            }
            case MATCHER -> matched(config.getMatcher(), context.at("matcher"));
            // a rule of the API says that it is required, and has been told
            case ROUTESPECIFIER_NOT_SET -> null;
        };
    }

    private static @Nullable String matched(Matcher matcher, ReadContext context) {
        if (matcher.hasMatcherList() || matcher.hasMatcherTree()) {
            context.problem(matcher.hasMatcherList() ? "matcher_list" : "matcher_tree", "",
                    "Weir does not choose among clusters for datagrams", "write on_no_match alone, with one cluster");
            return null;
        }
        var action = matcher.getOnNoMatch().getAction().getTypedConfig();
        ReadContext at = context.at("on_no_match.action");
        if (!action.is(Route.class)) {
            at.problem("typed_config", action.getTypeUrl(), "this says not where datagrams go",
                    "write a envoy.extensions.filters.udp.udp_proxy.v3.Route");
            return null;
        }
        try {
            String cluster = action.unpack(Route.class).getCluster();
            at.clusterReferenced("typed_config.cluster", cluster);
            return cluster;
        } catch (InvalidProtocolBufferException e) {
            at.problem("typed_config", "", "these bytes are no Route: " + e.getMessage(), "write it anew");
            return null;
        }
    }
}
