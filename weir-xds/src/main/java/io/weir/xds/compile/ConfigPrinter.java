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
import io.weir.core.rule.EjectionSpec;
import io.weir.core.model.RetryLimit;
import io.weir.xds.defaults.Defaults;
import io.weir.xds.yaml.ProtoPrinter;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

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
     * The same with everything that holds where nothing was written; before it, as comments, what Envoy's resources
     * have no word for.
     */
    public static String yamlWithDefaults(ConfigFile.Loaded loaded, Extensions extensions) {
        Bootstrap bootstrap = loaded.bootstrap();
        if (bootstrap == null) {
            return "";
        }
        Defaults defaults = extensions.defaults();
        return unsaid() + ProtoPrinter.of(extensions.messageTypes()).showing(defaults::shows)
                .yaml(defaults.filled(bootstrap));
    }

    private static String unsaid() {
        EjectionSpec left = EjectionSpec.DEFAULT;
        String retries = switch (RetryLimit.DEFAULT) {
            case RetryLimit.AtOnce(int max) -> "at most " + max + " at once";
            case RetryLimit.Share(double percent, int least) ->
                percent + " % of the requests under way, and always " + least + " at once";
            case RetryLimit.Window(double percent, int least, long windowNanos) -> Math.round(percent)
                    + " % of the requests of the last " + TimeUnit.NANOSECONDS.toSeconds(windowNanos)
                    + " s, and always " + least + " at once";
        };
        return """
                # Every default is filled in. Envoy's resources have no word for these:
                # - retries where a cluster has neither max_retries nor retry_budget: %s
                # - a host that cannot be connected to is left out for %d ms, then twice as long, up to %d s
                # These follow from what stands elsewhere:
                # - idle_timeout and max_stream_duration of a route: those of its connection manager
                # - name and stat_prefix of a listener: its address
                # - the line of an access log without a format: Envoy's default
                """.formatted(retries, TimeUnit.NANOSECONDS.toMillis(left.baseNanos()),
                TimeUnit.NANOSECONDS.toSeconds(left.maxNanos()));
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
