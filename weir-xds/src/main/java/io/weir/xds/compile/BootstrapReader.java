package io.weir.xds.compile;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.bootstrap.v3.Admin;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.bootstrap.v3.RuntimeLayer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.weir.core.model.AccessLogSpec;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Locality;
import io.weir.core.overload.OverloadSpec;
import io.weir.core.socket.SourceRules;
import io.weir.core.tls.AcmeSpec;
import io.weir.core.tls.SecretSpec;
import io.weir.xds.chain.SourceRulesReader;
import io.weir.xds.message.AcmeMessage;
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

    private BootstrapReader(ReadContext context, Bootstrap bootstrap) {
        this.context = context;
        this.bootstrap = bootstrap;
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
            ClusterSpec cluster = ClusterReader.read(resources.at("clusters", i),
                    bootstrap.getStaticResources().getClusters(i), sources);
            if (cluster != null) {
                clusters.add(cluster);
            }
        }
        var listeners = new ArrayList<ListenerSpec>();
        for (int i = 0; i < bootstrap.getStaticResources().getListenersCount(); i++) {
            ListenerSpec listener = ListenerReader.read(resources.at("listeners", i),
                    bootstrap.getStaticResources().getListeners(i));
            if (listener != null) {
                listeners.add(listener);
            }
        }
        runtime();
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
        return spec == null ? OverloadSpec.NONE : spec;
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

    private void runtime() {
        List<RuntimeLayer> layers = bootstrap.getLayeredRuntime().getLayersList();
        for (int i = 0; i < layers.size(); i++) {
            RuntimeLayer layer = layers.get(i);
            ReadContext at = context.at("layered_runtime").at("layers", i);
            switch (layer.getLayerSpecifierCase()) {
                case STATIC_LAYER -> {
                    if (layer.getStaticLayer().getFieldsCount() > 0) {
                        at.warning("static_layer", String.join(", ", layer.getStaticLayer().getFieldsMap().keySet()),
                                "Weir reads no runtime values; defaults count", "");
                    }
                }
                case ADMIN_LAYER, LAYERSPECIFIER_NOT_SET -> {
                    // an empty layer changes nothing
                }
                case DISK_LAYER -> at.problem("disk_layer", "", "Weir reads no runtime values from disk", "remove it");
                case RTDS_LAYER -> at.problem("rtds_layer", "", "Weir reads no runtime values from a control plane yet",
                        "remove it");
            }
        }
    }
}
