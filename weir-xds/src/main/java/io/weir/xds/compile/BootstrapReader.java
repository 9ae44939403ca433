package io.weir.xds.compile;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.bootstrap.v3.Admin;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.weir.core.model.AccessLogSpec;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Locality;
import io.weir.core.model.Tiers;
import io.weir.core.overload.OverloadSpec;
import io.weir.core.socket.SourceRules;
import io.weir.core.tls.AcmeSpec;
import io.weir.core.tls.SecretSpec;
import io.weir.xds.chain.SourceRulesReader;
import io.weir.xds.message.AcmeMessage;
import io.weir.xds.resource.Nearest;
import io.weir.xds.runtime.RuntimeReader;
import io.weir.xds.runtime.RuntimeValues;
import io.weir.xds.spec.AdminSpec;
import io.weir.xds.spec.DemoSpec;
import io.weir.xds.spec.ListenerSpec;
import io.weir.xds.spec.NodeId;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a bootstrap: its listeners and clusters, and what it says about the process itself. */
final class BootstrapReader {

    /** Key of what a node's metadata say of the proxies like it. */
    private static final String PEERS = "weir.aperture";

    private final ReadContext context;
    private final Bootstrap bootstrap;
    private final ReadContext layers;
    private final RuntimeValues runtime;

    private BootstrapReader(ReadContext context, Bootstrap bootstrap) {
        this.context = context;
        this.bootstrap = bootstrap;
        this.layers = context.at("layered_runtime");
        this.runtime = RuntimeReader.read(bootstrap.getLayeredRuntime(), layers::problem, layers::warning);
    }

    /** All that could be read; whether it may be run is told by the problems of the context. */
    static Snapshot read(ReadContext context, Bootstrap bootstrap) {
        return new BootstrapReader(context, bootstrap).read();
    }

    private Snapshot read() {
        ReadContext resources = context.at("static_resources");
        var manager = bootstrap.getClusterManager();
        SourceRules sources = manager.hasUpstreamBindConfig()
                ? SourceRulesReader.read(manager.getUpstreamBindConfig(),
                        context.at("cluster_manager.upstream_bind_config")::problem)
                : null;
        secrets(resources);
        var clusters = new ArrayList<ClusterSpec>();
        for (int i = 0; i < bootstrap.getStaticResources().getClustersCount(); i++) {
            Cluster message = bootstrap.getStaticResources().getClusters(i);
            ClusterSpec cluster = ClusterReader.read(resources.at("clusters", i), message, sources);
            if (cluster != null) {
                clusters.add(panicking(resources.at("clusters", i), message, cluster));
            }
        }
        var listeners = new ArrayList<ListenerSpec>();
        for (int i = 0; i < bootstrap.getStaticResources().getListenersCount(); i++) {
            Listener message = bootstrap.getStaticResources().getListeners(i);
            ListenerSpec listener = ListenerReader.read(resources.at("listeners", i), message);
            if (listener != null) {
                listeners.add(limited(message, listener));
            }
        }
        limits();
        String localCluster = bootstrap.getClusterManager().getLocalClusterName();
        if (!localCluster.isEmpty()) {
            context.clusterReferenced("cluster_manager.local_cluster_name", localCluster);
        }
        DemoSpec demo = null;
        var acme = new ArrayList<AcmeSpec>();
        for (int i = 0; i < bootstrap.getBootstrapExtensionsCount(); i++) {
            String path = "bootstrap_extensions[" + i + "].typed_config";
            Any config = bootstrap.getBootstrapExtensions(i).getTypedConfig();
            if (TypedConfigs.type(config).equals(AcmeMessage.TYPE)) {
                AcmeSpec found = context.extension(path, config, AcmeSpec.class);
                if (found != null && acme.stream().anyMatch(other -> other.file().equals(found.file()))) {
                    context.problem(path + ".name", found.name(), "another certificate is kept in the same file",
                            "give each a name of its own");
                } else if (found != null) {
                    acme.add(found);
                }
            } else {
                DemoSpec found = context.extension(path, config, DemoSpec.class);
                demo = found == null ? demo : found;
            }
        }
        return new Snapshot(node(), localCluster,
                bootstrap.getClusterManager().getOutlierDetection().getEventLogPath(), listeners, clusters, admin(),
                demo, acme(acme, listeners), overload(), null, bootstrap);
    }

    /** By HTTP a name is proved where something listens without TLS. */
    private List<AcmeSpec> acme(List<AcmeSpec> certificates, List<ListenerSpec> listeners) {
        boolean plain = listeners.stream().anyMatch(listener -> listener.datagrams() == null && Stream
                .concat(listener.chains().stream(), Stream.ofNullable(listener.otherwise()))
                .anyMatch(chain -> chain.tls() == null));
        for (AcmeSpec each : certificates) {
            if (each.challenge() == AcmeSpec.Challenge.HTTP_01 && !plain) {
                context.warning("bootstrap_extensions", each.name(), "an authority proves the names over HTTP on port"
                        + " 80, and no listener speaks it without TLS",
                        "add one, on: 0.0.0.0:80, or set challenge: tls-alpn-01");
            }
        }
        return certificates;
    }

    /** By the same way as extensions: whoever puts those together brings its reader. */
    private OverloadSpec overload() {
        OverloadSpec spec = bootstrap.hasOverloadManager()
                ? context.extension("overload_manager", Any.pack(bootstrap.getOverloadManager()), OverloadSpec.class)
                : null;
        OverloadSpec read = spec == null ? OverloadSpec.NONE : spec;
        RuntimeValues.Limit connections = runtime.connections();
        if (connections == null) {
            return read;
        }
        if (read.monitorsConnections()) {
            layers.warning(connections.path(), Long.toString(connections.max()), "the monitor"
                    + " envoy.resource_monitors.global_downstream_max_connections counts instead, as in Envoy",
                    "remove one of the two");
            return read;
        }
        return read.withConnectionsMax(connections.max());
    }

    /** First of all: others name them. */
    private void secrets(ReadContext resources) {
        List<Secret> secrets = bootstrap.getStaticResources().getSecretsList();
        for (int i = 0; i < secrets.size(); i++) {
            Any packed = Any.pack(secrets.get(i));
            SecretSpec read = resources.extension("secrets[" + i + "]", packed, SecretSpec.class);
            String name = secrets.get(i).getName();
            if (context.findings().secrets().put(name, Optional.ofNullable(read)) != null && !name.isEmpty()) {
                resources.problem("secrets[" + i + "].name", name, "another secret has this name already",
                        "give each secret a name of its own");
            }
        }
    }

    private NodeId node() {
        var node = bootstrap.getNode();
        var locality = node.getLocality();
        Struct peers = node.getMetadata().getFieldsOrDefault(PEERS, Value.getDefaultInstance()).getStructValue();
        double index = peers.getFieldsOrDefault("peer_index", Value.getDefaultInstance()).getNumberValue();
        double count = peers.getFieldsOrDefault("peer_count", Value.getDefaultInstance()).getNumberValue();
        if (index < 0 || count < 0 || index != Math.rint(index) || count != Math.rint(count)
                || count > 0 && index >= count
                || count > Integer.MAX_VALUE) {
            context.problem("node.metadata[" + PEERS + "]", index + " of " + count,
                    "this is no place among proxies", "write peer_index, counted from 0, and peer_count");
            count = 0;
        }
        return new NodeId(node.getId(), node.getCluster(),
                new Locality(locality.getRegion(), locality.getZone(), locality.getSubZone()),
                count > 0 ? (int) index : 0, (int) count);
    }

    @SuppressWarnings("deprecation") // access_log_path is what most files use
    private @Nullable AdminSpec admin() {
        if (!bootstrap.hasAdmin() || !bootstrap.getAdmin().hasAddress()) {
            return null; // as in Envoy: without an address there is no admin server
        }
        Admin admin = bootstrap.getAdmin();
        ReadContext at = context.at("admin");
        SocketAddress address = Addresses.toListenAt(at.at("address"), admin.getAddress());
        if (admin.getAddress().getSocketAddress()
                .getProtocol() == io.envoyproxy.envoy.config.core.v3.SocketAddress.Protocol.UDP) {
            at.problem("address.socket_address.protocol", "UDP", "the admin speaks HTTP over TCP", "write TCP");
        }
        var logs = new ArrayList<>(at.accessLogs("access_log", admin.getAccessLogList()));
        int listed = logs.size();
        if (!admin.getAccessLogPath().isEmpty()) {
            logs.add(new AccessLogSpec(AccessLoggers.sink(admin.getAccessLogPath()), new AccessLogSpec.Format.Default(),
                    null));
        }
        return address == null
                ? null
                : new AdminSpec(address, Addresses.mode(admin.getAddress()), logs, listed);
    }

    /** By the names of the messages: one that could not be read is there all the same. */
    private void limits() {
        var names = bootstrap.getStaticResources().getListenersList().stream().map(Listener::getName)
                .filter(name -> !name.isEmpty()).toList();
        runtime.listeners().forEach((name, limit) -> {
            if (!names.contains(name) && !bootstrap.hasDynamicResources()) {
                layers.warning(limit.path(), name, "there is no listener of this name, so that nothing is limited",
                        Nearest.cure(name, names, "write the name of a listener, or remove the key"));
            }
        });
    }

    /** By the name that is written: one without has none that anybody could know, in Envoy too. */
    private ListenerSpec limited(Listener message, ListenerSpec listener) {
        RuntimeValues.Limit limit = runtime.listeners().get(message.getName());
        if (limit == null) {
            return listener;
        }
        if (listener.datagrams() != null) {
            layers.warning(limit.path(), listener.name(), "this listener takes datagrams, and has no connections that"
                    + " could be limited", "remove the key");
        }
        return listener.withConnectionsMax(limit.max());
    }

    /** In Envoy too, the threshold of the runtime counts, whatever the cluster says. */
    private ClusterSpec panicking(ReadContext at, Cluster message, ClusterSpec cluster) {
        int percent = runtime.panicPercent();
        Tiers own = cluster.balancing().tiers();
        if (percent == RuntimeValues.UNSET || own.panicPercent() == percent) {
            return cluster;
        }
        if (message.getCommonLbConfig().hasHealthyPanicThreshold()) {
            at.warning("common_lb_config.healthy_panic_threshold", own.panicPercent() + " %",
                    "upstream.healthy_panic_threshold of the runtime counts instead, as in Envoy: " + percent + " %",
                    "remove one of the two");
        }
        return cluster.withBalancing(cluster.balancing().withTiers(own.withPanic(percent, own.failOnPanic())));
    }
}
