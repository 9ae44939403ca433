package io.weir.app.admin;

import io.weir.core.cluster.Clusters;
import io.weir.core.stats.Stats;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** What the admin is asked to do is written down; what it shows is fixed. */
final class StandInWeir implements Administered {
    final Stats stats = new Stats();
    final Clusters clusters = new Clusters();
    volatile String dump = "{\"configs\": []}\n";
    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile State state = State.LIVE;
    /** What a dump waits for, and how many wait. */
    volatile CountDownLatch held = new CountDownLatch(0);
    final Semaphore holds = new Semaphore(0);

    @Override
    public State state() {
        return state;
    }

    @Override
    public long uptimeSeconds() {
        return 42;
    }

    @Override
    public Map<String, Object> facts() {
        return Map.of("node", Map.of("id", "a \"quoted\"\n id"));
    }

    @Override
    public Stats stats() {
        return stats;
    }

    @Override
    public Clusters clusters() {
        return clusters;
    }

    @Override
    public List<ListenerLine> listeners() {
        SocketAddress v4 = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8080);
        SocketAddress v6 = new InetSocketAddress(InetAddress.ofLiteral("::1"), 8080);
        return List.of(new ListenerLine("main", List.of(v4, v6)));
    }

    @Override
    public String configDump() {
        holds.release();
        try {
            held.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return dump;
    }

    @Override
    public void quit() {
        asked.add("quit");
    }

    @Override
    public void healthy(boolean healthy) {
        asked.add("healthy " + healthy);
    }

    @Override
    public boolean drainListeners(Which which, boolean graceful, boolean skipExit) {
        if (which.name() != null && !which.name().equals("main")) {
            return false;
        }
        return asked.add("drain " + graceful + (which.inboundOnly() ? " inbound" : "") + (skipExit ? " stay" : "")
                + (which.name() == null ? "" : " " + which.name()));
    }

    @Override
    public boolean upgrade() {
        return asked.add("upgrade");
    }

    @Override
    public String upgradeText() {
        return "took over from 1, epoch 1";
    }

    @Override
    public void reopenLogs() {
        asked.add("reopen");
    }
}
