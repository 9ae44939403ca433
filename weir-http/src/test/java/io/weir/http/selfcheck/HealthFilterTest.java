package io.weir.http.selfcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.stats.Stats;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.Flow;
import io.weir.http.route.match.HeaderMatch;
import io.weir.http.route.match.TextMatch;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a proxy answers those who check it. */
class HealthFilterTest {
    private final Clusters clusters = new Clusters();

    private HealthFilter filter(boolean passThrough, long cacheNanos, Map<String, Integer> percents) {
        var path = new HeaderMatch(":path", new HeaderMatch.Test.Text(TextMatch.exact("/self", false)), false, false);
        return new HealthFilter(new HealthFilterSpec(passThrough, cacheNanos, percents, List.of(path)), clusters);
    }

    private static int status(Flow flow) {
        return switch (flow) {
            case Flow.Reply reply -> reply.status();
            case Flow.Pause _ -> throw new IllegalStateException("nothing waits here");
            case Flow.Next _ -> 0;
        };
    }

    private Cluster cluster(String name, int hosts) {
        Cluster cluster = new Cluster(ClusterSpec.of(name, IntStream.range(0, hosts)
                .mapToObj(i -> Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1000 + i)))
                .toList()), new Stats());
        clusters.put(cluster);
        return cluster;
    }

    @Test
    void aRequestThatPassesAllTestsIsACheck() {
        HealthFilter filter = filter(false, 0, Map.of());
        HttpHead head = new HttpHead();
        head.path("/self");
        assertThat(filter.checks(head)).isTrue();
        head.path("/self/");
        assertThat(filter.checks(head)).isFalse();
    }

    @Test
    void itIsWellUntilItIsToldToLookUnwell() {
        for (boolean passThrough : new boolean[]{false, true}) {
            HealthFilter filter = filter(passThrough, 0, Map.of());
            assertThat(status(filter.answer(0))).isEqualTo(passThrough ? 0 : 200);
            clusters.own().failed(true);
            assertThat(status(filter.answer(0))).isEqualTo(503);
            clusters.own().failed(false);
            assertThat(status(filter.answer(0))).isEqualTo(passThrough ? 0 : 200);
        }
    }

    @Test
    void enoughHostsOfEveryNamedClusterMustBeWell() {
        HealthFilter filter = filter(false, 0, Map.of("web", 60));
        assertThat(status(filter.answer(0))).as("no such cluster").isEqualTo(503);
        Cluster web = cluster("web", 5);
        assertThat(status(filter.answer(0))).isEqualTo(200);
        for (int i = 0; i < 3; i++) {
            web.view().hosts().all().get(i).flag(HealthFlag.FAILED_ACTIVE_HC, true, "test", 0);
            web.update(web.spec(), 0);
            assertThat(status(filter.answer(0))).as("%d of 5 down", i + 1).isEqualTo(i < 2 ? 200 : 503);
        }
        cluster("web", 0);
        assertThat(status(filter.answer(0))).as("no hosts").isEqualTo(503);
        assertThat(status(filter(false, 0, Map.of("web", 0)).answer(0))).isEqualTo(200);
    }

    @Test
    void aHostsAnswerIsGivenAgainForAsLongAsItIsKept() {
        HealthFilter filter = filter(true, 100, Map.of());
        assertThat(status(filter.answer(0))).isZero();
        filter.keep(404, true, 0);
        assertThat(status(filter.answer(99))).isEqualTo(404);
        assertThat(filter.kept(99)).satisfies(kept -> assertThat(kept.degraded()).isTrue());
        assertThat(status(filter.answer(100))).isZero();
        HealthFilter forgetful = filter(true, 0, Map.of());
        forgetful.keep(200, false, 0);
        assertThat(status(forgetful.answer(0))).isZero();
    }
}
