package io.weir.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.core.rule.CheckSpec.Timing;
import io.weir.core.rule.HealthRules;
import io.weir.core.stats.Stats;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules of checks, and what endpoints say of them, that change while hosts are being checked. */
class CheckChangesTest extends CheckedCluster {
    private static final CheckSpec SPEC = CheckSpec.of(() -> "HTTP", Timing.every(10 * SECOND, SECOND), 3, 2);
    private static final CheckSpec OTHER = SPEC.withTiming(Timing.every(9 * SECOND, SECOND));
    private static final Endpoint.Check OFF = new Endpoint.Check(null, 0, "", true);
    private static final Endpoint.Check ELSEWHERE = new Endpoint.Check(null, 9, "", false);

    private static List<Endpoint> with(Endpoint.Check check, int at, int count) {
        List<Endpoint> endpoints = new ArrayList<>(endpoints(0, count));
        endpoints.set(at, endpoints.get(at).withCheck(check));
        return endpoints;
    }

    private Cluster cluster(DiscoveryType type, HealthRules rules, List<Endpoint> endpoints) {
        return cluster(ClusterSpec.of("c", endpoints).withType(type).withHealth(rules));
    }

    private void tell(Cluster cluster, List<Endpoint> endpoints) {
        if (cluster.spec().type() == DiscoveryType.STATIC) {
            cluster.update(cluster.spec().withEndpoints(endpoints), now);
        } else {
            cluster.endpoints(endpoints, now);
        }
        cluster.tick(now);
    }

    @Test
    void whatAnEndpointSaysOfItsChecksIsTakenOverAlsoWhereNothingElseHasChanged() {
        for (DiscoveryType type : List.of(DiscoveryType.STATIC, DiscoveryType.STRICT_DNS)) {
            Cluster cluster = cluster(type, rules(SPEC), endpoints(0, 3));
            tell(cluster, endpoints(0, 3));
            answerAll(cluster, PASSED);
            Host host = host(cluster, 1);
            cluster.askedOut(host, now);
            tell(cluster, with(OFF, 1, 3));
            assertThat(host.down()).as("%s: nobody checks it any more", type).isFalse();
            tell(cluster, endpoints(0, 3));
            assertThat(prober.asks(host)).as("%s: it is checked again", type).isTrue();
            answerAll(cluster, PASSED);
            tell(cluster, with(ELSEWHERE, 1, 3));
            assertThat(prober.targets.getLast().address())
                    .isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9));
        }
    }

    @Test
    void otherRulesDoNotCountAHostAsCheckedWhoseFirstCheckHangs() {
        Cluster cluster = cluster(DiscoveryType.STATIC, rules(SPEC), endpoints(0, 2));
        prober.answer(host(cluster, 0), PASSED, now);
        cluster.update(cluster.spec().withHealth(rules(OTHER)), now);
        cluster.tick(now);
        assertThat(cluster.warmed()).as("the other host has never answered").isFalse();
        assertThat(host(cluster, 1).down()).isTrue();
        prober.answer(host(cluster, 1), PASSED, now);
        cluster.tick(now);
        assertThat(host(cluster, 1).down()).as("its first check decides alone").isFalse();
        assertThat(cluster.warmed()).isTrue();
    }

    @Test
    void hostsThatOnlyTheirChecksKeptGoWithTheChecks() {
        for (HealthRules next : List.of(HealthRules.DEFAULT,
                rules(SPEC.withHandling(new CheckSpec.Handling(false, false))))) {
            Cluster cluster = cluster(DiscoveryType.STRICT_DNS, rules(SPEC), List.of());
            cluster.endpoints(endpoints(0, 2), now);
            cluster.tick(now);
            answerAll(cluster, PASSED);
            cluster.endpoints(endpoints(0, 1), now);
            assertThat(cluster.view().hosts().all()).hasSize(2);
            Host dropped = host(cluster, 1);
            cluster.update(cluster.spec().withHealth(next), now);
            assertThat(cluster.view().hosts().all()).hasSize(1).doesNotContain(dropped);
            assertThat(prober.asks(dropped)).isFalse();
        }
    }

    @Test
    void aCheckThatPassesDoesNotLetAHostBackThatHasJustAskedToBeLeftAlone() {
        Cluster cluster = cluster(DiscoveryType.STATIC, rules(SPEC), endpoints(0, 1));
        Host host = host(cluster, 0);
        answerAll(cluster, PASSED);
        for (int i = 0; i < 3; i++) {
            now += 60 * SECOND;
            cluster.tick(now);
            if (i < 2) {
                answerAll(cluster, PASSED);
            }
        }
        // a check is under way; the conductor has not come by since
        cluster.askedOut(host, now);
        prober.answer(host, PASSED, now);
        assertThat(host.is(HealthFlag.FAILED_ACTIVE_HC)).isTrue();
        assertThat(host.excluded()).isTrue();
        cluster.tick(now);
        assertThat(events.getLast().kind()).isEqualTo(CheckEvent.Kind.EJECTED);
        assertThat(cluster.view().hosts().excludedCount()).isEqualTo(1);
    }

    @Test
    void aHostThatIsNotCheckedAnyMoreWhenItsWishIsHeardIsNotOutForEver() {
        HealthKeeper keeper = new HealthKeeper("c", new Stats().root(), () -> true);
        Host host = new Host(endpoints(0, 1).getFirst());
        keeper.around(Surroundings.quiet().withChecks(prober, events::add), now);
        keeper.keep(rules(SPEC), List.of(host), _ -> true, now);
        keeper.keep(HealthRules.DEFAULT, List.of(host), _ -> true, now);
        // a worker that still has the last rules
        keeper.askedOut(rules(SPEC), host, now);
        assertThat(host.down()).isTrue();
        assertThat(keeper.tick(now)).containsExactly(host);
        assertThat(host.down()).isFalse();
        assertThat(kinds(host)).containsExactly(CheckEvent.Kind.EJECTED, CheckEvent.Kind.ADDED);
        assertThat(events.getFirst().failure()).isEqualTo(CheckResult.Failure.PASSIVE);
        assertThat(events.getLast().reason()).isEqualTo("nobody checks it any more");
    }

    private List<CheckEvent.Kind> kinds(Host host) {
        return events.stream().filter(event -> event.host().equals(host)).map(CheckEvent::kind).toList();
    }

    /** Two hosts that are well, then one is out and one degraded. */
    private Cluster outAndDegraded() {
        Cluster cluster = cluster(DiscoveryType.STATIC, rules(SPEC), endpoints(0, 2));
        tell(cluster, endpoints(0, 2));
        answerAll(cluster, PASSED);
        pass(cluster, 60 * SECOND);
        cluster.askedOut(host(cluster, 0), now);
        answer(cluster, host(cluster, 1), new CheckResult.Passed(true));
        assertThat(host(cluster, 0).down()).isTrue();
        assertThat(host(cluster, 1).degraded()).isTrue();
        events.clear();
        return cluster;
    }

    @Test
    void whoseChecksAreTakenAwayIsInAndTheLogSaysWhy() {
        Cluster cluster = outAndDegraded();
        cluster.update(cluster.spec().withHealth(HealthRules.DEFAULT), now);
        assertThat(host(cluster, 0).down()).isFalse();
        assertThat(kinds(host(cluster, 0))).containsExactly(CheckEvent.Kind.ADDED);
        assertThat(kinds(host(cluster, 1))).containsExactly(CheckEvent.Kind.NO_LONGER_DEGRADED);
        assertThat(events).allSatisfy(event -> {
            assertThat(event.reason()).isEqualTo("health checks were turned off");
            assertThat(event.first()).isFalse();
            assertThat(event.spec()).isEqualTo(SPEC);
        });
    }

    @Test
    void whoseOwnChecksAreTurnedOffIsInAndTheLogSaysWhy() {
        for (CheckSpec next : List.of(SPEC, OTHER)) {
            Cluster cluster = outAndDegraded();
            Host host = host(cluster, 0);
            cluster.update(cluster.spec().withEndpoints(with(OFF, 0, 2)).withHealth(rules(next)), now);
            assertThat(host.down()).as("with %s", next).isFalse();
            assertThat(kinds(host)).containsExactly(CheckEvent.Kind.ADDED);
            assertThat(events.getLast().reason()).isEqualTo("its checks were turned off");
            assertThat(kinds(host(cluster, 1))).as("the other host is checked all the same").isEmpty();
        }
    }

    @Test
    void theLogTellsBothOfAWishThatNobodyHeardBeforeTheChecksWereTakenAway() {
        Cluster cluster = cluster(DiscoveryType.STATIC, rules(SPEC), endpoints(0, 1));
        answerAll(cluster, PASSED);
        events.clear();
        Host host = host(cluster, 0);
        cluster.askedOut(host, now);
        cluster.update(cluster.spec().withHealth(HealthRules.DEFAULT), now);
        cluster.tick(now);
        assertThat(host.down()).isFalse();
        assertThat(kinds(host)).containsExactly(CheckEvent.Kind.EJECTED, CheckEvent.Kind.ADDED);
    }

    @Test
    void aHostThatWasOutAlreadyIsEjectedOnce() {
        Cluster cluster = cluster(DiscoveryType.STATIC, rules(SPEC), endpoints(0, 1));
        answerAll(cluster, PASSED);
        now += 60 * SECOND;
        cluster.tick(now);
        answerAll(cluster, SICK);
        cluster.askedOut(host(cluster, 0), now);
        cluster.tick(now);
        assertThat(events).filteredOn(event -> event.kind() == CheckEvent.Kind.EJECTED).hasSize(1);
    }
}
