package io.weir.http.orca;

import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.ClusterView;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Keeps a stream of load reports to every host of a cluster whose balancing wants that, over a connection of its own
 * beside those of requests; none for other clusters. What hosts report goes to what the cluster remembers them by.
 * Workers take turns with the hosts. The conductor's.
 */
public final class OrcaStreams {
    private final Cluster cluster;
    private final List<Worker> workers;
    private final IdentityHashMap<Host, OrcaStream> streams = new IdentityHashMap<>();
    private HostSet followed = HostSet.EMPTY;
    private long everyNanos;
    private int turn;
    private boolean over;

    private OrcaStreams(Cluster cluster, List<Worker> workers) {
        this.cluster = cluster;
        this.workers = workers;
    }

    /**
     * Follows the cluster's views. To be called once for each cluster, on the conductor.
     *
     * @return to be called there when the cluster goes
     */
    public static Runnable follow(Cluster cluster, Workers workers) {
        var all = new OrcaStreams(cluster, workers.all());
        all.view(cluster.view());
        cluster.onChange(all::view);
        return () -> {
            all.closeAll();
            all.over = true;
        };
    }

    private void view(ClusterView now) {
        long wantedNanos = now.spec().balancing().reportNanos();
        if (wantedNanos != everyNanos) {
            closeAll();
            everyNanos = wantedNanos;
        }
        if (wantedNanos == 0 || over) {
            return;
        }
        for (Host host : now.hosts().goneFrom(followed)) {
            var stream = streams.remove(host);
            if (stream != null) {
                stream.close();
            }
        }
        for (Host host : followed.goneFrom(now.hosts())) {
            var stream = new OrcaStream(workers.get(turn), cluster, host, wantedNanos);
            turn = turn + 1 == workers.size() ? 0 : turn + 1;
            streams.put(host, stream);
            stream.open();
        }
        followed = now.hosts();
    }

    private void closeAll() {
        streams.values().forEach(OrcaStream::close);
        streams.clear();
        followed = HostSet.EMPTY;
        everyNanos = 0;
    }
}
