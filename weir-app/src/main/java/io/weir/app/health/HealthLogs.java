package io.weir.app.health;

import io.weir.core.health.CheckEvent;
import io.weir.core.health.OutlierEvent;
import io.weir.core.health.OutlierType;
import io.weir.core.model.ClusterSpec;
import io.weir.core.rule.CheckSpec;
import io.weir.observe.log.AccessLogs;
import io.weir.observe.log.EventLog;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Tells of changes of hosts' health: to Weir's own log, and to the event logs of the configuration. Conductor. */
public final class HealthLogs {
    private static final Logger LOG = LoggerFactory.getLogger(HealthLogs.class);

    private final AccessLogs logs;
    private final Map<String, EventLog> files = new HashMap<>();
    private String outlierPath = "";

    /** Events go to files of these. */
    public HealthLogs(AccessLogs logs) {
        this.logs = logs;
    }

    /** Outliers are written down in this file from now on; empty: in none. */
    public void outliersTo(String path) {
        outlierPath = path;
        open(path);
    }

    /** These are all clusters: files that nobody else writes to are closed. */
    public void closeOthers(List<ClusterSpec> clusters) {
        Set<String> used = new HashSet<>(Set.of(outlierPath));
        clusters.forEach(cluster -> used.addAll(paths(cluster)));
        files.entrySet().removeIf(file -> {
            boolean unused = !used.contains(file.getKey());
            if (unused) {
                file.getValue().close();
            }
            return unused;
        });
    }

    private static List<String> paths(ClusterSpec cluster) {
        CheckSpec checks = cluster.health().checks();
        return checks == null ? List.of() : checks.events().paths();
    }

    /** Opens what this cluster writes to. */
    public void open(ClusterSpec cluster) {
        paths(cluster).forEach(this::open);
    }

    private void open(String path) {
        if (!path.isEmpty() && !files.containsKey(path)) {
            switch (logs.openEvents(path)) {
                case EventLog.Opened.Ready(EventLog log) -> files.put(path, log);
                case EventLog.Opened.Failed(String message) ->
                    LOG.error("event_log_path: {}: {}; events are not written there", path, message);
            }
        }
    }

    private void write(String path, String line) {
        EventLog file = files.get(path);
        if (file != null) {
            file.line(line);
        }
    }

    /** Something happened to an outlier. */
    public void outlier(OutlierEvent event) {
        String cluster = event.cluster();
        String host = event.address();
        switch (event.action()) {
            case EJECT -> {
                // a host that stays away fails its every trial: told once, as long as nobody has reached it
                boolean again = event.type() == OutlierType.UNREACHABLE && event.ejections() > 1;
                if (again) {
                    LOG.debug("{}: {} ejected again: {}", cluster, host, event.reason());
                } else if (event.enforced()) {
                    LOG.warn("{}: {} ejected: {}", cluster, host, event.reason());
                } else {
                    LOG.info("{}: {} would be ejected: {}", cluster, host, event.reason());
                }
            }
            case UNEJECT -> LOG.atLevel(event.type() == OutlierType.UNREACHABLE ? Level.DEBUG : Level.INFO)
                    .log("{}: {} is back after {} ms: {}", cluster, host,
                            TimeUnit.NANOSECONDS.toMillis(event.sinceNanos()), event.reason());
            case CUT_WEIGHT -> LOG.warn("{}: {} gets less: {}", cluster, host, event.reason());
            case RESTORE_WEIGHT -> LOG.info("{}: {} gets more: {}", cluster, host, event.reason());
        }
        if (!outlierPath.isEmpty()) {
            write(outlierPath, OutlierLine.of(event, Instant.now()));
        }
    }

    /** Checks found something out. */
    public void check(CheckEvent event) {
        switch (event.kind()) {
            case EJECTED -> LOG.warn("{}: {} is out: {}", event.cluster(), event.host(), event.reason());
            case ADDED -> LOG.info("{}: {} is in: {}", event.cluster(), event.host(), event.reason());
            case DEGRADED, NO_LONGER_DEGRADED ->
                LOG.info("{}: {}: {}", event.cluster(), event.host(), event.reason());
            case FAILED, SUCCEEDED -> LOG.debug("{}: {}: {}", event.cluster(), event.host(), event.reason());
        }
        if (!event.spec().events().paths().isEmpty()) {
            String line = CheckLine.of(event, Instant.now());
            event.spec().events().paths().forEach(path -> write(path, line));
        }
    }
}
