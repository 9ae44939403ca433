package io.weir.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.balance.Picker;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.RoutingPriority;
import io.weir.core.stats.Stats;
import io.weir.net.transport.Workers;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The place of a copy among the requests of its cluster. */
@Timeout(30)
final class ShadowPlaceTest {
    private static final Picker BROKEN = _ -> {
        throw new IllegalStateException("this picker breaks");
    };

    @Test
    void aCopyThatFailsOnAnErrorOfWeirsOwnGivesItsPlaceBack() throws Exception {
        var cluster = new Cluster(ClusterSpec.of("copies", List.of()), new Stats());
        try (var workers = Workers.start(1)) {
            var worker = workers.all().getFirst();
            var failure = worker.loop().submit(() -> {
                var shadow = new Shadow(worker, cluster, Heads.of(worker).take(), "HTTP/1.1");
                shadow.begin(true);
                shadow.go(BROKEN, RoutingPriority.DEFAULT, 1_000_000_000L);
            });
            assertThat(failure.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(failure.cause()).hasMessage("this picker breaks");
            assertThat(cluster.circuit().requestsActive()).isZero();
        }
    }
}
