package io.weir.core.cluster;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.model.Admission;
import io.weir.core.model.Announced;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.CircuitLimits;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostTracker;
import io.weir.core.model.Outcome;
import io.weir.core.model.RoutingPriority;
import io.weir.core.stats.Metric;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Stats;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ClusterTest {
    private static final long SEED = 9;
    private final Stats stats = new Stats();
    private final PickContext context = new PickContext() {
        private final RandomGenerator random = new SplittableRandom(SEED);

        @Override
        public long hash() {
            return 0;
        }

        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public long nowNanos() {
            return 0;
        }
    };

    private final PickContext hashed = new PickContext() {
        @Override
        public long hash() {
            return 7;
        }

        @Override
        public boolean hashed() {
            return true;
        }

        @Override
        public RandomGenerator random() {
            return context.random();
        }

        @Override
        public long nowNanos() {
            return 0;
        }
    };

    private static Endpoint at(int port) {
        return Endpoint.of(new InetSocketAddress("10.0.0.1", port));
    }

    private Cluster cluster(Endpoint... endpoints) {
        return new Cluster(ClusterSpec.of("web", List.of(endpoints)), stats);
    }

    private Set<String> reached(Cluster cluster) {
        Set<String> reached = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            reached.add(switch (cluster.view().picker().pick(context)) {
                case Pick.Chosen chosen -> chosen.host().addressText().substring("10.0.0.1:".length());
                case Pick.Refused refused -> refused.reason().name();
            });
        }
        return reached;
    }

    private long number(String name) {
        for (Metric metric : stats.sorted()) {
            if (metric.name().equals(name)) {
                return metric instanceof Counter counter ? counter.value() : ((Gauge) metric).value();
            }
        }
        throw new AssertionError("no " + name);
    }

    @Test
    void aStaticClusterIsWarmAtOnce() {
        Cluster cluster = cluster(at(1), at(2));
        assertThat(cluster.warmed()).isTrue();
        assertThat(reached(cluster)).containsExactlyInAnyOrder("1", "2");
        assertThat(number("cluster.web.membership_total")).isEqualTo(2);
        assertThat(number("cluster.web.membership_change")).isEqualTo(1);
    }

    @Test
    void aClusterOfNamesIsColdUntilItHasHosts() {
        Endpoint name = Endpoint.of(InetSocketAddress.createUnresolved("web.internal", 80));
        Cluster cluster = new Cluster(ClusterSpec.of("web", List.of(name)).withType(DiscoveryType.STRICT_DNS), stats);
        assertThat(cluster.warmed()).isFalse();
        assertThat(reached(cluster)).containsExactly("NO_HOST");
        cluster.endpoints(List.of(), 0);
        assertThat(cluster.warmed()).isTrue();
        cluster.endpoints(List.of(at(5)), 0);
        assertThat(reached(cluster)).containsExactly("5");
    }

    @Test
    void aHostKeepsItsIdentityWhileItsAddressStays() {
        Cluster cluster = cluster(at(1), at(2));
        Host first = cluster.view().hosts().all().getFirst();
        first.requestStarted();
        cluster.endpoints(List.of(at(3), at(1).withWeight(9)), 0);
        Host same = cluster.view().hosts().all().getLast();
        assertThat(same).isSameAs(first);
        assertThat(same.endpoint().weight()).isEqualTo(9);
        assertThat(same.requestsActive()).isEqualTo(1);
        assertThat(number("cluster.web.membership_change")).isEqualTo(2);
        cluster.endpoints(List.of(at(3), at(1).withWeight(8)), 0);
        assertThat(number("cluster.web.membership_change")).as("a new weight is no new member").isEqualTo(2);
    }

    @Test
    void ofTwoEndpointsWithOneAddressTheFirstStands() {
        Cluster cluster = cluster(at(1).withWeight(3), at(1).withWeight(5), at(2));
        assertThat(cluster.view().hosts().all()).hasSize(2);
        assertThat(cluster.view().hosts().all().getFirst().endpoint().weight()).isEqualTo(3);
    }

    @Test
    void anUnreachableHostIsLeftOutAtOnceAndBackInTime() {
        Cluster cluster = cluster(at(1), at(2));
        Host dead = cluster.view().hosts().all().getFirst();
        cluster.ended(dead, Outcome.UNREACHABLE, 0);
        assertThat(reached(cluster)).as("before any tick").containsExactly("2");
        cluster.tick(1);
        assertThat(cluster.view().hosts().healthyCount()).isEqualTo(1);
        assertThat(number("cluster.web.membership_healthy")).isEqualTo(1);
        assertThat(number("cluster.web.outlier_detection.ejections_active")).isEqualTo(1);
        assertThat(number("cluster.web.outlier_detection.ejections_enforced_total")).isEqualTo(1);
        cluster.tick(MILLISECONDS.toNanos(250));
        assertThat(reached(cluster)).containsExactlyInAnyOrder("1", "2");
        assertThat(number("cluster.web.outlier_detection.ejections_active")).isZero();
    }

    @Test
    void aHostThatComesBackHasItsShareWithinFiveSecondsHoweverLongItWasGone() {
        Cluster cluster = cluster(at(1), at(2));
        Host flapping = cluster.view().hosts().all().getFirst();
        long tickNanos = MILLISECONDS.toNanos(100);
        long down = MILLISECONDS.toNanos(60_050);
        long back = -1;
        for (long now = 0; back < 0; now += tickNanos) {
            cluster.tick(now);
            for (int i = 0; i < 20; i++) {
                if (cluster.view().picker().pick(context) instanceof Pick.Chosen(Host host) && host == flapping) {
                    if (now < down) {
                        cluster.unreachable(host, now);
                    } else {
                        back = now;
                    }
                }
            }
        }
        assertThat(back - down).isLessThan(MILLISECONDS.toNanos(5000));
    }

    @Test
    void whenEveryHostIsUnreachableAllAreStillTried() {
        Cluster cluster = cluster(at(1), at(2));
        cluster.view().hosts().all().forEach(host -> cluster.unreachable(host, 0));
        assertThat(reached(cluster)).containsExactlyInAnyOrder("1", "2");
        cluster.tick(1);
        assertThat(reached(cluster)).containsExactlyInAnyOrder("1", "2");
        assertThat(number("cluster.web.lb_healthy_panic")).isEqualTo(200);
    }

    @Test
    void outcomesAreCountedByHost() {
        Cluster cluster = cluster(at(1));
        Host host = cluster.view().hosts().all().getFirst();
        cluster.ended(host, new Outcome.Answered(200, 5), 0);
        cluster.ended(host, new Outcome.Answered(503, 5), 0);
        cluster.ended(host, new Outcome.TimedOut(5), 0);
        cluster.ended(host, new Outcome.Reset(1), 0);
        cluster.ended(host, Outcome.UNREACHABLE, 0);
        assertThat(List.of(host.stats().rqTotal().value(), host.stats().rqSuccess().value(),
                host.stats().rqError().value(), host.stats().rqTimeout().value(),
                host.stats().cxConnectFail().value())).containsExactly(4L, 1L, 3L, 1L, 1L);
    }

    @Test
    void aNewSpecChangesPolicyLimitsAndHostsInPlace() {
        Cluster cluster = cluster(at(1), at(2));
        Host kept = cluster.view().hosts().all().getFirst();
        List<ClusterView> seen = new ArrayList<>();
        cluster.onChange(seen::add);
        ClusterSpec next = ClusterSpec.of("web", List.of(at(1))).withPolicy(BalancePolicy.LeastRequest.DEFAULT)
                .withLimits(new CircuitLimits(1, 1, 1, 1));
        cluster.update(next, 0);
        assertThat(cluster.spec()).isEqualTo(next);
        assertThat(cluster.circuit().limits().requestsMax()).isEqualTo(1);
        assertThat(cluster.view().hosts().all()).containsExactly(kept);
        assertThat(seen).containsExactly(cluster.view());
        assertThatThrownBy(() -> cluster.update(ClusterSpec.of("other", List.of()), 0)).hasMessageContaining("other");
    }

    @Test
    void aTickThatChangesNothingPublishesNothing() {
        Cluster cluster = cluster(at(1), at(2));
        ClusterView before = cluster.view();
        cluster.tick(1_000_000_000);
        assertThat(cluster.view()).isSameAs(before);
    }

    @Test
    void announcedHealthShowsInTheNumbers() {
        cluster(at(1), at(2).withAnnounced(Announced.DRAINING), at(3).withAnnounced(Announced.DEGRADED));
        assertThat(List.of(number("cluster.web.membership_total"), number("cluster.web.membership_healthy"),
                number("cluster.web.membership_degraded"), number("cluster.web.membership_excluded")))
                .containsExactly(3L, 1L, 1L, 0L);
    }

    @Test
    void anOpenBreakerShowsInTheNumbers() {
        Cluster cluster = new Cluster(
                ClusterSpec.of("web", List.of()).withLimits(new CircuitLimits(1, 1, 1, 1)), stats);
        assertThat(number("cluster.web.circuit_breakers.default.cx_open")).isZero();
        cluster.circuit().tryConnection();
        assertThat(number("cluster.web.circuit_breakers.default.cx_open")).isEqualTo(1);
    }

    @Test
    void whatIsLeftShowsInTheNumbersOnceItIsTracked() {
        Cluster cluster = new Cluster(ClusterSpec.of("web", List.of()), stats);
        assertThat(stats.sorted()).extracting(Metric::name)
                .doesNotContain("cluster.web.circuit_breakers.default.remaining_cx");
        cluster.update(cluster.spec().withLimits(new CircuitLimits(3, 4, 5, 6).withTrackRemaining(true)), 0);
        cluster.circuit().tryConnection();
        cluster.circuit().tryPending();
        cluster.circuit().tryRequest();
        cluster.circuit().tryRetry(false, 0);
        String prefix = "cluster.web.circuit_breakers.default.";
        assertThat(List.of(number(prefix + "remaining_cx"), number(prefix + "remaining_pending"),
                number(prefix + "remaining_rq"), number(prefix + "remaining_retries")))
                .containsExactly(2L, 3L, 4L, 5L);
    }

    @Test
    void eachPriorityHasLimitsAndNumbersOfItsOwn() {
        Cluster cluster = new Cluster(ClusterSpec.of("web", List.of())
                .withAdmission(Admission.DEFAULT.withHigh(new CircuitLimits(1, 1, 1, 0))), stats);
        assertThat(cluster.circuit(RoutingPriority.HIGH).tryRequest()).isTrue();
        assertThat(cluster.circuit(RoutingPriority.HIGH).tryRequest()).isFalse();
        assertThat(cluster.circuit().tryRequest()).isTrue();
        assertThat(List.of(number("cluster.web.circuit_breakers.high.rq_open"),
                number("cluster.web.circuit_breakers.high.rq_retry_open"),
                number("cluster.web.circuit_breakers.default.rq_open"),
                number("cluster.web.circuit_breakers.default.rq_retry_open"))).containsExactly(1L, 1L, 0L, 0L);
    }

    @Test
    void clustersAreFoundByNameUntilRemoved() {
        Clusters clusters = new Clusters();
        Cluster one = cluster(at(1));
        Cluster two = new Cluster(ClusterSpec.of("db", List.of()), stats);
        clusters.put(one);
        clusters.put(two);
        assertThat(clusters.find("web")).isSameAs(one);
        assertThat(clusters.all()).containsExactly(one, two);
        assertThat(clusters.remove("web")).isSameAs(one);
        assertThat(clusters.find("web")).isNull();
        assertThat(clusters.remove("web")).isNull();
        clusters.tick(0);
    }

    @Test
    void picksDuringUpdatesAlwaysFindAHost() throws InterruptedException {
        Cluster cluster = cluster(at(1), at(2), at(3));
        Set<String> strange = new HashSet<>();
        Thread worker = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 200_000; i++) {
                if (cluster.view().picker().pick(context) instanceof Pick.Chosen(Host host)) {
                    if (i % 100 == 0) {
                        cluster.unreachable(host, i);
                    }
                } else {
                    strange.add("refused");
                }
            }
        });
        for (int i = 0; worker.isAlive(); i++) {
            cluster.endpoints(i % 2 == 0 ? List.of(at(1), at(3)) : List.of(at(3), at(2)), i);
            cluster.tick(i * 1_000_000L);
        }
        worker.join();
        assertThat(strange).isEmpty();
    }

    @Test
    void trackersOfAHostHearEveryAttempt() {
        Cluster cluster = cluster(at(1));
        Host host = cluster.view().hosts().all().getFirst();
        List<String> heard = new ArrayList<>();
        host.balanceTracker(noted(heard, "balance"));
        host.healthTracker(noted(heard, "health"));
        cluster.began(host, 5);
        cluster.ended(host, new Outcome.Answered(503, 7), 12);
        cluster.ended(host, new Outcome.TimedOut(8), 13);
        cluster.ended(host, new Outcome.Reset(9), 14);
        cluster.ended(host, Outcome.UNREACHABLE, 15);
        assertThat(heard).containsExactly("balance began 5", "balance 503 7 12", "health 503 7 12",
                "balance TIMED_OUT 8 13", "health TIMED_OUT 8 13", "balance RESET 9 14", "health RESET 9 14",
                "balance UNREACHABLE 0 15", "health UNREACHABLE 0 15");
        assertThat(host.requestsActive()).isEqualTo(1);
    }

    private static HostTracker noted(List<String> heard, String who) {
        return new HostTracker() {
            @Override
            public void began(long nowNanos) {
                heard.add(who + " began " + nowNanos);
            }

            @Override
            public void answered(int status, long latencyNanos, long nowNanos) {
                heard.add(who + ' ' + status + ' ' + latencyNanos + ' ' + nowNanos);
            }

            @Override
            public void failed(Failure how, long latencyNanos, long nowNanos) {
                heard.add(who + ' ' + how + ' ' + latencyNanos + ' ' + nowNanos);
            }
        };
    }

    @Test
    void aBoundOnAHostsShareGoesByAllRequestsAtItsHostsWaitingOnesToo() {
        var bounded = new BalancePolicy.Maglev(BalancePolicy.Maglev.DEFAULT.tableSize(), false, 150);
        Cluster cluster = new Cluster(
                ClusterSpec.of("web", List.of(at(1), at(2), at(3), at(4))).withPolicy(bounded), stats);
        List<Host> chosen = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Host host = ((Pick.Chosen) cluster.view().picker().pick(hashed)).host();
            cluster.began(host, 0);
            chosen.add(host);
        }
        // one key asks for one host, which is left when it has more than half again its quarter, and the one beyond it
        assertThat(chosen.stream().filter(chosen.getFirst()::equals).count()).isBetween(15L, 17L);
        chosen.forEach(cluster::left);
        assertThat(cluster.view().hosts().all()).allMatch(host -> host.requestsActive() == 0);
        assertThat(((Pick.Chosen) cluster.view().picker().pick(hashed)).host()).isEqualTo(chosen.getFirst());
    }
}
