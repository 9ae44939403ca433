package io.weir.app.boot;

import io.weir.app.admin.Administered;
import io.weir.core.cluster.Clusters;
import io.weir.core.stats.Stats;
import io.weir.xds.compile.ConfigPrinter;
import io.weir.xds.spec.NodeId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A running Weir as its admin sees it. */
final class AdminView implements Administered {
    private static final long QUIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Running running;

    AdminView(Running running) {
        this.running = running;
    }

    @Override
    public State state() {
        return running.life().shown();
    }

    @Override
    public long uptimeSeconds() {
        return running.uptime().seconds();
    }

    @Override
    public Map<String, Object> facts() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("concurrency", running.options().concurrency());
        options.put("config_path", running.sourceName());
        options.put("drain_time", TimeUnit.NANOSECONDS.toSeconds(running.options().drainNanos()) + "s");
        options.put("drain_strategy", switch (running.options().strategy()) {
            case GRADUAL -> "Gradual";
            case IMMEDIATE -> "Immediate";
        });
        options.put("parent_shutdown_time",
                TimeUnit.NANOSECONDS.toSeconds(running.options().parentShutdownNanos()) + "s");
        options.put("restart_epoch", running.succession().epoch());
        options.put("mode", "Serve");
        NodeId id = running.snapshot().node();
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("id", id.id());
        node.put("cluster", id.cluster());
        node.put("user_agent_name", "weir");
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("command_line_options", options);
        facts.put("node", node);
        return facts;
    }

    @Override
    public Stats stats() {
        return running.stats();
    }

    @Override
    public Clusters clusters() {
        return running.clusters();
    }

    @Override
    public List<ListenerLine> listeners() {
        return running.listeners().lines();
    }

    @Override
    public String configDump() {
        return ConfigPrinter.configDump(running.snapshot(), running.takenOver(), Source.extensions());
    }

    @Override
    public void quit() {
        // A moment later, so that the answer to whoever asked is on its way.
        running.conductor().after(QUIT_NANOS, running::stop);
    }

    @Override
    public void healthy(boolean healthy) {
        running.life().healthy(healthy);
        running.clusters().own().failed(!healthy);
        running.conductor().execute(() -> running.listeners().shunned(!healthy));
    }

    @Override
    public boolean drainListeners(Which which, boolean graceful, boolean skipExit) {
        return running.departure().ofListeners(which, graceful, skipExit);
    }

    @Override
    public boolean upgrade() {
        return running.upgrade();
    }

    @Override
    public String upgradeText() {
        return running.upgradeText();
    }

    @Override
    public void reopenLogs() {
        running.reopenLogs();
    }
}
