package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.app.health.HealthLogs;
import io.weir.app.secret.SecretKeeper;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.ClusterSpec;
import io.weir.core.stats.Stats;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.HostSockets;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.TlsParameters;
import io.weir.core.tls.ValidationSpec;
import io.weir.net.check.WireProber;
import io.weir.net.transport.Workers;
import io.weir.observe.log.AccessLogs;
import io.weir.testkit.Await;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clusters that come to be or do not; a file of secrets shows whether their sockets are open. */
@Timeout(60)
class ClusterKeeperTest {
    private static final class Nobody implements ClusterKeeper.Discovery {
        @Override
        public void follow(Cluster cluster) {}

        @Override
        public void forget(Cluster cluster) {}
    }

    private final Stats stats = new Stats();
    private final Conductor conductor = new Conductor();
    private final Workers workers = Workers.start(1);
    private final AccessLogs logs = new AccessLogs(stats);
    private final ClusterKeeper keeper = new ClusterKeeper(stats, System::nanoTime, conductor,
            new WireProber(workers, conductor, System::nanoTime), new HealthLogs(logs), new Nobody(),
            _ -> () -> {
            }, new SecretKeeper(Source::extensions, stats, System::nanoTime));

    @TempDir
    @SuppressWarnings("NullAway") // set by the engine of tests
    private Path folder;

    @AfterEach
    void close() {
        conductor.close();
        workers.close();
        logs.close();
    }

    private ClusterSpec written(String name) {
        var keyLog = new CommonTls.KeyLog(folder.resolve(name).toString(), List.of(), List.of());
        var common = new CommonTls(TlsParameters.DEFAULT, List.of(), List.of(), ValidationSpec.NONE, keyLog,
                NamedSecrets.NONE);
        return ClusterSpec.of(name, List.of())
                .withExtensions(Map.of(HostSockets.KEY, new HostSockets(ClientTls.of(common, ""), List.of())));
    }

    private boolean isOpen(String name) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.anyMatch(each -> {
                try {
                    return Files.readSymbolicLink(each).equals(folder.resolve(name).toRealPath());
                } catch (IOException e) {
                    return false; // it was closed meanwhile
                }
            });
        }
    }

    /** Who writes the file closes it, soon. */
    private void closes(String name) throws Exception {
        Await.until(name + " is closed", () -> !isOpen(name));
    }

    @Test
    void whatIsNotToBeLetsGoOfItsSocketsAndWhatIsThereKeepsThem() throws Exception {
        assertThat(keeper.begin(List.of(written("stays")))).isEmpty();
        ClusterKeeper.Prepared next = keeper.prepare(List.of(written("stays"), written("new")));
        assertThat(next.refusals()).isEmpty();
        assertThat(isOpen("new")).isTrue();
        try {
            keeper.undo(next);
            closes("new");
        } finally {
            Reference.reachabilityFence(next); // else the end of its sockets might have done it
        }
        assertThat(isOpen("stays")).isTrue();
    }

    @Test
    void whatFailsByABugBeforeTheClustersChangeLetsGoToo() throws Exception {
        ClusterKeeper.Prepared next = keeper.prepare(List.of(written("new")));
        assertThat(keeper.<String>orUndo(next, () -> "made")).isEqualTo("made");
        assertThat(isOpen("new")).isTrue();
        var bug = new IllegalStateException("a bug");
        try {
            assertThatThrownBy(() -> keeper.orUndo(next, () -> {
                throw bug;
            })).isSameAs(bug);
            closes("new");
        } finally {
            Reference.reachabilityFence(next);
        }
    }
}
