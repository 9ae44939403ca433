package io.weir.xds.compile;

import io.weir.xds.spec.ListenerSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;

import com.google.protobuf.Message;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.weir.core.model.ClusterSpec;
import io.weir.core.tls.ServerTls;
import io.weir.xds.message.AcmeMessage;

/**
 * What to do to get from one configuration to the next. A resource counts as changed when its message differs, or what
 * it has of secrets and of the runtime, so that nothing is drained for a change elsewhere.
 *
 * @param listenersAdded
 *            new ones
 * @param listenersChanged
 *            those whose message differs, as they are to be
 * @param listenersRemoved
 *            names of those that are gone
 * @param clustersAdded
 *            new ones
 * @param clustersChanged
 *            those whose message differs, as they are to be
 * @param clustersRemoved
 *            names of those that are gone
 * @param processChanged
 *            whether something differs beside listeners, clusters, the admin, certificates, overload, the runtime and
 *            where this Weir stands: what is read at a start only
 */
public record SnapshotDiff(List<ListenerSpec> listenersAdded, List<ListenerSpec> listenersChanged,
        List<String> listenersRemoved, List<ClusterSpec> clustersAdded, List<ClusterSpec> clustersChanged,
        List<String> clustersRemoved, boolean processChanged) {

    public SnapshotDiff {
        listenersAdded = List.copyOf(listenersAdded);
        listenersChanged = List.copyOf(listenersChanged);
        listenersRemoved = List.copyOf(listenersRemoved);
        clustersAdded = List.copyOf(clustersAdded);
        clustersChanged = List.copyOf(clustersChanged);
        clustersRemoved = List.copyOf(clustersRemoved);
    }

    /** The way from one snapshot to another. */
    public static SnapshotDiff between(Snapshot before, Snapshot after) {
        var listeners = Changes.between(before.listeners(), listenerMessages(before), after.listeners(),
                listenerMessages(after), ListenerSpec::name, SnapshotDiff::sameBeside);
        var clusters = Changes.between(before.clusters(), clusterMessages(before), after.clusters(),
                clusterMessages(after), ClusterSpec::name, SnapshotDiff::sameBeside);
        return new SnapshotDiff(listeners.added, listeners.changed, listeners.removed, clusters.added,
                clusters.changed, clusters.removed, !process(before).equals(process(after)));
    }

    /** Whether what a listener has of the bootstrap's secrets, by name, and of its runtime is the same. */
    private static boolean sameBeside(ListenerSpec before, ListenerSpec after) {
        return sockets(before).equals(sockets(after)) && before.overload().equals(after.overload());
    }

    /** Whether what a cluster has of the runtime is the same. */
    private static boolean sameBeside(ClusterSpec before, ClusterSpec after) {
        return before.balancing().tiers().panicPercent() == after.balancing().tiers().panicPercent();
    }

    private static List<Optional<ServerTls>> sockets(ListenerSpec listener) {
        return Stream.concat(listener.chains().stream(), Stream.ofNullable(listener.otherwise()))
                .map(chain -> Optional.ofNullable(chain.tls())).toList();
    }

    private static Bootstrap process(Snapshot snapshot) {
        Bootstrap.Builder rest = ((Bootstrap) snapshot.source()).toBuilder();
        rest.getStaticResourcesBuilder().clearListeners().clearClusters().clearSecrets();
        rest.getNodeBuilder().clearLocality().clearMetadata();
        rest.getClusterManagerBuilder().clearLocalClusterName();
        for (int i = rest.getBootstrapExtensionsCount() - 1; i >= 0; i--) {
            if (TypedConfigs.type(rest.getBootstrapExtensions(i).getTypedConfig()).equals(AcmeMessage.TYPE)) {
                rest.removeBootstrapExtensions(i);
            }
        }
        return rest.clearAdmin().clearOverloadManager().clearLayeredRuntime().build();
    }

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
        return listenersAdded.isEmpty() && listenersChanged.isEmpty() && listenersRemoved.isEmpty()
                && clustersAdded.isEmpty() && clustersChanged.isEmpty() && clustersRemoved.isEmpty() && !processChanged;
    }

    /** A snapshot has a spec for each message, in the same order: it would have been rejected otherwise. */
    private static List<? extends Message> listenerMessages(Snapshot snapshot) {
        return ((Bootstrap) snapshot.source()).getStaticResources().getListenersList();
    }

    private static List<? extends Message> clusterMessages(Snapshot snapshot) {
        return ((Bootstrap) snapshot.source()).getStaticResources().getClustersList();
    }

    private record Changes<T>(List<T> added, List<T> changed, List<String> removed) {

        static <T> Changes<T> between(List<T> before, List<? extends Message> messagesBefore, List<T> after,
                List<? extends Message> messagesAfter, Function<T, String> name, BiPredicate<T, T> same) {
            Map<String, Integer> known = new LinkedHashMap<>();
            for (int i = 0; i < before.size(); i++) {
                known.put(name.apply(before.get(i)), i);
            }
            var changes = new Changes<T>(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (int i = 0; i < after.size(); i++) {
                Integer earlier = known.remove(name.apply(after.get(i)));
                if (earlier == null) {
                    changes.added.add(after.get(i));
                } else if (!messagesBefore.get(earlier).equals(messagesAfter.get(i))
                        || !same.test(before.get(earlier), after.get(i))) {
                    changes.changed.add(after.get(i));
                }
            }
            changes.removed.addAll(known.keySet());
            return changes;
        }
    }
}
