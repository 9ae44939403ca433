package io.weir.xds.compile;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.util.Timestamps;
import io.envoyproxy.envoy.admin.v3.BootstrapConfigDump;
import io.envoyproxy.envoy.admin.v3.ClustersConfigDump;
import io.envoyproxy.envoy.admin.v3.ConfigDump;
import io.envoyproxy.envoy.admin.v3.ListenersConfigDump;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.weir.xds.yaml.ProtoPrinter;
import java.time.Instant;

/** Configurations as text, for people and for tools that know Envoy's. Stateless; any thread. */
public final class ConfigPrinter {
    private static final String TYPE_PREFIX = "type.googleapis.com";

    private ConfigPrinter() {}

    /** The bootstrap that a configuration stands for, as YAML; empty when it could not be understood. */
    public static String yaml(ConfigFile.Loaded loaded, Extensions extensions) {
        Bootstrap bootstrap = loaded.bootstrap();
        return bootstrap == null ? "" : ProtoPrinter.of(extensions.messageTypes()).yaml(bootstrap);
    }

    /**
     * What Envoy's {@code /config_dump} answers: an {@code envoy.admin.v3.ConfigDump} as JSON, secrets left out.
     *
     * @param takenOver
     *            when the snapshot was taken over
     */
    public static String configDump(Snapshot snapshot, Instant takenOver, Extensions extensions) {
        Bootstrap bootstrap = (Bootstrap) snapshot.source();
        var time = Timestamps.fromMillis(takenOver.toEpochMilli());
        var clusters = ClustersConfigDump.newBuilder();
        for (Cluster cluster : bootstrap.getStaticResources().getClustersList()) {
            clusters.addStaticClusters(ClustersConfigDump.StaticCluster.newBuilder().setCluster(packed(cluster))
                    .setLastUpdated(time));
        }
        var listeners = ListenersConfigDump.newBuilder();
        for (Listener listener : bootstrap.getStaticResources().getListenersList()) {
            listeners.addStaticListeners(ListenersConfigDump.StaticListener.newBuilder().setListener(packed(listener))
                    .setLastUpdated(time));
        }
        var dump = ConfigDump.newBuilder()
                .addConfigs(packed(
                        BootstrapConfigDump.newBuilder().setBootstrap(bootstrap).setLastUpdated(time).build()))
                .addConfigs(packed(clusters.build())).addConfigs(packed(listeners.build()));
        return ProtoPrinter.of(extensions.messageTypes()).redacting().json(dump.build());
    }

    private static Any packed(Message message) {
        return Any.pack(message, TYPE_PREFIX);
    }
}
