package io.weir.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.stats.Stats;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailedHostsTest {
    private static Endpoint endpoint(int port) {
        return Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    @Test
    void aHostIsToldOnceEachTimeThatItFails() {
        var cluster = new Cluster(ClusterSpec.of("c", List.of(endpoint(1), endpoint(2))), new Stats());
        cluster.endpoints(cluster.spec().endpoints(), 0);
        var failed = new FailedHosts();
        assertThat(failed.since(cluster.view())).isEmpty();
        var host = cluster.view().hosts().all().getFirst();
        host.flag(HealthFlag.FAILED_ACTIVE_HC, true, "test", 1);
        assertThat(failed.since(cluster.view())).containsExactly(host);
        host.flag(HealthFlag.FAILED_OUTLIER_CHECK, true, "test", 2);
        assertThat(failed.since(cluster.view())).isEmpty();
        host.flag(HealthFlag.FAILED_ACTIVE_HC, false, "test", 3);
        assertThat(failed.since(cluster.view())).as("still an outlier").isEmpty();
        host.flag(HealthFlag.FAILED_OUTLIER_CHECK, false, "test", 4);
        assertThat(failed.since(cluster.view())).isEmpty();
        host.flag(HealthFlag.FAILED_OUTLIER_CHECK, true, "test", 5);
        assertThat(failed.since(cluster.view())).containsExactly(host);
    }

    @Test
    void whatIsNoFailureOfTheHostItselfIsNotTold() {
        var cluster = new Cluster(ClusterSpec.of("c", List.of(endpoint(1))), new Stats());
        cluster.endpoints(cluster.spec().endpoints(), 0);
        var host = cluster.view().hosts().all().getFirst();
        host.flag(HealthFlag.DEGRADED_ACTIVE_HC, true, "test", 1);
        host.flag(HealthFlag.UNREACHABLE, true, "test", 1);
        assertThat(new FailedHosts().since(cluster.view())).isEmpty();
    }
}
