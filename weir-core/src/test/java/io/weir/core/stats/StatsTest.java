package io.weir.core.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StatsTest {
    private final Stats stats = new Stats();

    @Test
    void aTagIsInTheFlatNameAndNotInThePlainOne() {
        Counter counter = stats.root().child("cluster").tagged("envoy.cluster_name", "a").counter("upstream_rq_total");
        assertThat(counter.name()).isEqualTo("cluster.a.upstream_rq_total");
        assertThat(counter.plainName()).isEqualTo("cluster.upstream_rq_total");
        assertThat(counter.tags()).containsExactly(new Tag("envoy.cluster_name", "a"));
    }

    @Test
    void theSameNameIsTheSameNumber() {
        Counter one = stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "in").counter("x");
        Counter two = stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "in").counter("x");
        assertThat(one).isSameAs(two);
        assertThat(stats.root().gauge("g")).isSameAs(stats.root().gauge("g"));
        assertThat(stats.root().histogram("h")).isSameAs(stats.root().histogram("h"));
        assertThatThrownBy(() -> stats.root().counter("h")).hasMessageContaining("h is a Histogram");
    }

    @Test
    void namesHoldNoColonAndNoLineEnd() {
        Scope scope = stats.root().tagged("envoy.cluster_name", "outbound|80||a:b\nc://d");
        assertThat(scope.counter("x").name()).isEqualTo("outbound|80||a_b_c_d.x");
    }

    @Test
    void metricsAreSortedByFlatName() {
        stats.root().counter("b");
        stats.root().child("a").gauge("z");
        stats.root().child("a").child("b").histogram("c");
        assertThat(stats.sorted().stream().map(Metric::name)).containsExactly("a.b.c", "a.z", "b");
    }

    @Test
    void aRemovedScopeIsNoLongerSeenAndComesBackEmpty() {
        Scope scope = stats.root().child("cluster").tagged("envoy.cluster_name", "a");
        scope.counter("x").increment();
        scope.remove();
        assertThat(stats.sorted()).isEmpty();
        assertThat(stats.root().child("cluster").tagged("envoy.cluster_name", "a").counter("x").value()).isZero();
        assertThatThrownBy(() -> stats.root().remove()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aGaugeGoesUpAndDownOrAsksItsSource() {
        Gauge gauge = stats.root().gauge("g");
        assertThat(gauge.used()).isFalse();
        gauge.increment();
        gauge.add(5);
        gauge.decrement();
        assertThat(gauge.value()).isEqualTo(5);
        gauge.set(2);
        assertThat(gauge.value()).isEqualTo(2);
        assertThat(gauge.used()).isTrue();
        AtomicLong source = new AtomicLong(40);
        assertThat(stats.root().gauge("g", source::incrementAndGet).value()).isEqualTo(41);
        assertThat(stats.root().gauge("g", () -> 7).value()).as("the last source stands").isEqualTo(7);
    }

    @Test
    void answersAreCountedByCodeAndClass() {
        ClusterStats cluster = new ClusterStats(stats, "a");
        cluster.answered(200);
        cluster.answered(204);
        cluster.answered(503);
        cluster.answered(42);
        Scope scope = cluster.scope();
        assertThat(scope.counter("upstream_rq_2xx").value()).isEqualTo(2);
        assertThat(scope.counter("upstream_rq_5xx").value()).isEqualTo(1);
        assertThat(scope.counter("upstream_rq_completed").value()).isEqualTo(4);
        Counter code = scope.counter("upstream_rq_204");
        assertThat(code.value()).isEqualTo(1);
        assertThat(code.plainName()).isEqualTo("cluster.upstream_rq");
        assertThat(code.tags()).containsExactly(new Tag("envoy.cluster_name", "a"),
                new Tag("envoy.response_code", "204"));
        assertThat(scope.counter("upstream_rq_5xx").plainName()).isEqualTo("cluster.upstream_rq_xx");
    }

    @Test
    void twoObjectsOfOneClusterShareTheirNumbers() {
        new ClusterStats(stats, "a").upstreamRqTotal().add(2);
        new ClusterStats(stats, "a").upstreamRqTotal().add(3);
        assertThat(new ClusterStats(stats, "a").upstreamRqTotal().value()).isEqualTo(5);
    }

    @Test
    void countersOfManyThreadsLoseNothing() throws InterruptedException {
        Counter counter = stats.root().counter("c");
        Gauge gauge = stats.root().gauge("g");
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 100_000; i++) {
                    counter.increment();
                    gauge.increment();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(counter.value()).isEqualTo(400_000);
        assertThat(gauge.value()).isEqualTo(400_000);
    }

    @Test
    void aFlushReachesEveryHistogram() {
        Histogram histogram = stats.root().child("a").histogram("h");
        histogram.record(1);
        stats.flush();
        assertThat(histogram.interval().count()).isEqualTo(1);
    }
}
