package io.weir.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.BalancePolicy;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.model.Host;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeastRequestTest {
    private static final long SEED = 77;

    private static Chooser chooser(List<Host> hosts, int choices, double bias, boolean fullScan) {
        return LeastRequest.build(new Group(hosts), new BalancePolicy.LeastRequest(choices, bias, fullScan), SEED,
                null);
    }

    private static List<Host> equal(int count) {
        int[] weights = new int[count];
        Arrays.fill(weights, 1);
        return Asked.hosts(weights);
    }

    private static void busy(Host host, int requests) {
        for (int i = 0; i < requests; i++) {
            host.requestStarted();
        }
    }

    @Test
    void ofTwoHostsTheIdleOneIsAlwaysTaken() {
        List<Host> hosts = equal(2);
        busy(hosts.get(0), 1);
        Tally counts = Asked.counts(chooser(hosts, 2, 1, false), new Asked(SEED), 500);
        assertThat(counts.of(hosts.get(1))).isEqualTo(500);
    }

    @Test
    void twoChoicesAreTwoHosts() {
        List<Host> hosts = equal(10);
        busy(hosts.get(3), 5);
        Tally counts = Asked.counts(new LeastRequest(new Group(hosts), 2), new Asked(SEED), 5000);
        assertThat(counts.of(hosts.get(3))).as("the busiest host loses to whichever it is compared with").isZero();
    }

    @Test
    void idleHostsShareEvenly() {
        List<Host> hosts = equal(10);
        Tally counts = Asked.counts(new LeastRequest(new Group(hosts), 2), new Asked(SEED), 50_000);
        assertThat(counts.values()).as("seed " + SEED).allSatisfy(n -> assertThat(n).isBetween(4_665, 5_335));
    }

    @Test
    void aHostTenTimesSlowerGetsAboutATenthOfTheOthers() {
        // every host finishes a request each tick, the slow one each tenth; 5 arrive a tick
        List<Host> hosts = equal(10);
        Chooser chooser = chooser(hosts, 2, 1, false);
        Asked asked = new Asked(SEED);
        Tally counts = new Tally();
        for (int tick = 0; tick < 10_000; tick++) {
            for (int i = 0; i < 5; i++) {
                Host chosen = Asked.host(chooser, asked);
                chosen.requestStarted();
                counts.add(chosen, 1);
            }
            for (Host host : hosts) {
                if (host.requestsActive() > 0 && (host != hosts.getFirst() || tick % 10 == 0)) {
                    host.requestEnded();
                }
            }
        }
        double others = (50_000.0 - counts.of(hosts.getFirst())) / 9;
        assertThat(counts.of(hosts.getFirst()) / others).as("seed " + SEED).isBetween(0.1, 0.35);
        assertThat(hosts.getFirst().requestsActive()).as("its queue stays short").isLessThan(10);
    }

    @Test
    void aFullScanFindsTheFewestAndSharesTies() {
        List<Host> hosts = equal(100);
        hosts.forEach(host -> busy(host, 2));
        hosts.get(13).requestEnded();
        hosts.get(14).requestEnded();
        hosts.get(90).requestEnded();
        Tally counts = Asked.counts(chooser(hosts, 2, 1, true), new Asked(SEED), 3000);
        assertThat(List.of(counts.of(hosts.get(13)), counts.of(hosts.get(14)), counts.of(hosts.get(90))))
                .as("seed " + SEED).allSatisfy(n -> assertThat(n).isBetween(870, 1130));
    }

    @Test
    void ejectedAndExcludedHostsAreAvoidedHoweverIdle() {
        for (boolean fullScan : new boolean[]{false, true}) {
            List<Host> hosts = equal(4);
            hosts.get(0).unreachable(EjectionSpec.DEFAULT, 0);
            busy(hosts.get(2), 50);
            busy(hosts.get(3), 50);
            Asked asked = new Asked(SEED);
            asked.tried().add(hosts.get(1));
            Tally counts = Asked.counts(chooser(hosts, 2, 1, fullScan), asked, 300);
            assertThat(counts.of(hosts.get(0)) + counts.of(hosts.get(1))).isZero();
            hosts.get(2).unreachable(EjectionSpec.DEFAULT, 0);
            hosts.get(3).unreachable(EjectionSpec.DEFAULT, 0);
            assertThat(chooser(hosts, 2, 1, fullScan).choose(asked)).extracting(Pick.Chosen::host)
                    .isSameAs(hosts.get(1));
        }
    }

    @Test
    void weightsOfIdleHostsGiveSharesByWeight() {
        List<Host> hosts = Asked.hosts(1, 2, 1);
        Tally counts = Asked.counts(chooser(hosts, 2, 1, false), new Asked(SEED), 40_000);
        assertThat(counts.of(hosts.get(1))).as("seed " + SEED).isBetween(19_500, 20_500);
    }

    @Test
    void weightsAndRequestsGiveSharesOfWeightOverActivePlusOneToTheBias() {
        for (double bias : new double[]{0, 1, 2}) {
            List<Host> hosts = Asked.hosts(1, 2, 4);
            busy(hosts.get(0), 1);
            busy(hosts.get(2), 3);
            double[] shares = {1 / Math.pow(2, bias), 2, 4 / Math.pow(4, bias)};
            double sum = Arrays.stream(shares).sum();
            Tally counts = Asked.counts(chooser(hosts, 2, bias, false), new Asked(SEED), 50_000);
            for (int i = 0; i < 3; i++) {
                assertThat(counts.of(hosts.get(i)) / 50_000.0).as("seed " + SEED + " bias " + bias + " host " + i)
                        .isBetween(shares[i] / sum - 0.012, shares[i] / sum + 0.012);
            }
        }
    }

    @Test
    void aLargeWeightedGroupFollowsWeightsWhenIdleAndAvoidsTheBusy() {
        int[] weights = new int[100];
        Arrays.fill(weights, 1);
        weights[0] = 10;
        List<Host> hosts = Asked.hosts(weights);
        Chooser chooser = chooser(hosts, 2, 1, false);
        Tally idle = Asked.counts(chooser, new Asked(SEED), 109_000);
        assertThat(idle.of(hosts.get(0))).as("seed " + SEED).isBetween(9_500, 10_500);
        busy(hosts.get(0), 99);
        Tally loaded = Asked.counts(chooser, new Asked(SEED), 109_000);
        assertThat(loaded.of(hosts.get(0))).as("seed " + SEED).isLessThan(400);
    }

    @Test
    void weightedLoadSettlesInProportionToWeights() {
        // each host finishes as many requests a tick as its weight says; as many arrive as are finished at 80 % load
        List<Host> hosts = Asked.hosts(1, 2, 1);
        Chooser chooser = chooser(hosts, 2, 1, false);
        Asked asked = new Asked(SEED);
        Tally counts = new Tally();
        Deque<Host> waiting = new ArrayDeque<>();
        for (int tick = 0; tick < 10_000; tick++) {
            for (int i = 0; i < (tick % 5 == 0 ? 4 : 3); i++) {
                Host chosen = Asked.host(chooser, asked);
                waiting.add(chosen);
                chosen.requestStarted();
                counts.add(chosen, 1);
            }
            for (Host host : hosts) {
                for (int i = 0; i < host.endpoint().weight() && host.requestsActive() > 0; i++) {
                    host.requestEnded();
                }
            }
        }
        double all = counts.sum();
        assertThat(counts.of(hosts.get(1)) / all).as("seed " + SEED).isBetween(0.46, 0.54);
        assertThat(waiting).hasSize((int) all);
    }
}
