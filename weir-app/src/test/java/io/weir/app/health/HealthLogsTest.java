package io.weir.app.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.health.CheckEvent;
import io.weir.core.health.CheckEvent.Kind;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.core.rule.HealthRules;
import io.weir.core.stats.Stats;
import io.weir.observe.log.AccessLogs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that events go to, and how long they are open. */
class HealthLogsTest {
    private static final Host HOST = new Host(Endpoint.of(new InetSocketAddress("10.0.0.1", 80)));

    private static CheckSpec checks(Path path) {
        return CheckSpec.of(() -> "HTTP", CheckSpec.Timing.every(1, 1), 1, 1)
                .withEvents(new CheckSpec.Events(List.of(path.toString()), false, false));
    }

    private static ClusterSpec cluster(String name, Path path) {
        return ClusterSpec.of(name, List.of()).withHealth(HealthRules.DEFAULT.withChecks(checks(path)));
    }

    private static CheckEvent event(Path path) {
        return new CheckEvent("c", HOST, checks(path), Kind.ADDED, null, false, "");
    }

    @Test
    void aFileIsClosedWhenNoClusterNamesItAnyMore(@TempDir Path directory) throws IOException, InterruptedException {
        Path kept = directory.resolve("kept");
        Path gone = directory.resolve("gone");
        Path outliers = directory.resolve("outliers");
        try (AccessLogs files = new AccessLogs(new Stats())) {
            HealthLogs logs = new HealthLogs(files);
            logs.outliersTo(outliers.toString());
            logs.open(cluster("a", kept));
            logs.open(cluster("b", gone));
            logs.closeOthers(List.of(cluster("a", kept)));
            logs.check(event(kept));
            logs.check(event(gone));
            assertThat(files.flush(TimeUnit.SECONDS.toNanos(30))).isTrue();
            assertThat(Files.readString(kept)).contains("add_healthy_event");
            assertThat(Files.size(gone)).isZero();
            for (Path path : List.of(kept, gone, outliers)) {
                Files.delete(path);
            }
            files.reopen();
            logs.check(event(kept));
            assertThat(files.flush(TimeUnit.SECONDS.toNanos(30))).isTrue();
            assertThat(gone).as("who has it open makes it anew").doesNotExist();
            assertThat(outliers).exists();
            logs.open(cluster("b", gone));
            logs.check(event(gone));
            assertThat(files.flush(TimeUnit.SECONDS.toNanos(30))).isTrue();
            assertThat(Files.readString(gone)).contains("add_healthy_event");
        }
    }
}
