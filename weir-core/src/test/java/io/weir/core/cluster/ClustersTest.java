package io.weir.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.stats.Stats;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClustersTest {
    private final Stats stats = new Stats();
    private final Clusters clusters = new Clusters();

    private Cluster cluster(String name) {
        Cluster cluster = new Cluster(ClusterSpec.of(name,
                List.of(Endpoint.of(InetSocketAddress.createUnresolved(name, 80)))), stats);
        clusters.put(cluster);
        return cluster;
    }

    private static Host host(Cluster cluster) {
        return cluster.view().hosts().all().array()[0];
    }

    @Test
    void aClusterWhoseTickFailsKeepsNoOtherFromItsOwnWhetherBeforeOrBehindIt() {
        Cluster first = cluster("first");
        Cluster failing = cluster("failing");
        Cluster failingToo = cluster("failing too");
        Cluster last = cluster("last");
        failing.onChange(_ -> {
            throw new IllegalStateException("a bug");
        });
        failingToo.onChange(_ -> {
            throw new IllegalStateException("another bug");
        });
        clusters.all().forEach(cluster -> cluster.unreachable(host(cluster), 0));
        assertThatThrownBy(() -> clusters.tick(1)).as("the first is told").hasMessage("a bug");
        assertThat(first.view().hosts().healthyCount()).isZero();
        assertThat(last.view().hosts().healthyCount()).isZero();
        assertThatThrownBy(() -> clusters.tick(TimeUnit.SECONDS.toNanos(1))).hasMessage("a bug");
        for (Cluster cluster : clusters.all()) {
            assertThat(cluster.view().hosts().healthyCount()).as(cluster.name()).isOne();
        }
    }
}
