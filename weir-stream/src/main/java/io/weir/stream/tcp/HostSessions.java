package io.weir.stream.tcp;

import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.FailedHosts;
import io.weir.core.model.Host;
import io.weir.net.transport.Worker;
import io.weir.net.transport.WorkerSlot;
import io.weir.net.transport.Workers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * One worker's connections by their host, those under way too: hosts that fail lose them where their cluster says so,
 * by Envoy's {@code close_connections_on_host_health_failure}. Belongs to the worker.
 */
public final class HostSessions {
    private static final WorkerSlot<HostSessions> SLOT = WorkerSlot.of(_ -> new HostSessions());

    private final IdentityHashMap<Host, Set<Session>> begun = new IdentityHashMap<>();

    private HostSessions() {}

    static HostSessions of(Worker worker) {
        return worker.slot(SLOT);
    }

    /**
     * Closes connections to this cluster's hosts when those fail, if it asks for that. To be called once for each
     * cluster, on the conductor.
     */
    public static void follow(Cluster cluster, Workers workers) {
        var failed = new FailedHosts();
        cluster.onChange(now -> {
            if (!now.spec().closesOnFailure()) {
                failed.forget();
                return;
            }
            Set<Host> hosts = failed.since(now);
            if (!hosts.isEmpty()) {
                for (Worker worker : workers.all()) {
                    worker.loop().execute(() -> hosts.forEach(of(worker)::failed));
                }
            }
        });
    }

    void began(Host host, Session session) {
        begun.computeIfAbsent(host, _ -> new HashSet<>()).add(session);
    }

    void left(Host host, Session session) {
        Set<Session> sessions = begun.get(host);
        if (sessions != null && sessions.remove(session) && sessions.isEmpty()) {
            begun.remove(host);
        }
    }

    private void failed(Host host) {
        for (Session session : new ArrayList<>(begun.getOrDefault(host, Set.of()))) {
            session.hostFailed();
        }
    }
}
