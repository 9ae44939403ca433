package io.weir.core.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.weir.core.aperture.ApertureRule;
import io.weir.core.aperture.ApertureRule.Deterministic;
import io.weir.core.aperture.ApertureRule.RandomSubset;
import io.weir.core.aperture.ApertureRule.Self;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostList;
import io.weir.core.model.HostSet;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The hosts that a proxy uses while hosts come and go. */
class ApertureTest {
    private int next;

    private Host host(SplittableRandom dice) {
        return new Host(
                Endpoint.of(InetSocketAddress.createUnresolved("h" + next++, 80)).withPriority(dice.nextInt(2)));
    }

    private static Map<Host, Double> shares(ApertureRule rule, HostSet hosts, Self self) {
        Map<Host, Double> shares = new HashMap<>();
        for (HostSet.Priority priority : hosts.priorities()) {
            double[] its = rule.shares(priority.hosts().stream().map(Host::addressText).toList(), self);
            for (int i = 0; i < its.length; i++) {
                if (its[i] > 0) {
                    shares.put(priority.hosts().get(i), its[i]);
                }
            }
        }
        return shares;
    }

    private static Map<Host, Double> used(Aperture aperture, HostSet set, ApertureRule rule, Self self) {
        Map<Host, Double> used = new HashMap<>();
        aperture.of(set, rule, self).all().forEach(host -> used.put(host, host.shareFactor()));
        return used;
    }

    private HostSet ofOnePriority(int size) {
        return HostSet.of(IntStream.range(0, size)
                .mapToObj(_ -> new Host(Endpoint.of(InetSocketAddress.createUnresolved("h" + next++, 80)))).toList());
    }

    @Test
    void aHostInWhichBothEndsOfTheArcLieGetsTheSumOfThem() {
        // from 5.85 on, 12.35 wide, on a ring of 13: 0.15 at its beginning and 0.2 at its end are the same host's
        HostSet set = ofOnePriority(13);
        Map<Host, Double> used = used(new Aperture(), set, new Deterministic(12, 9, 20), Self.UNKNOWN);
        assertThat(used).hasSize(13);
        List<Double> sorted = used.values().stream().sorted().toList();
        assertThat(sorted.getFirst()).isCloseTo(0.35, offset(1e-9));
        assertThat(sorted.subList(1, 13)).containsOnly(1.0);
    }

    @Test
    void whereverTheEndsMeetOrAlmostDoItIsWhatTheRuleSays() {
        for (int size = 13; size <= 40; size++) {
            HostSet set = ofOnePriority(size);
            for (int count = 2; count <= 40; count++) {
                for (int index = 0; index < count; index++) {
                    ApertureRule rule = new Deterministic(12, index, count);
                    // what they had before must not count
                    set.all().forEach(host -> host.shareFactor(1));
                    assertThat(used(new Aperture(), set, rule, Self.UNKNOWN))
                            .as("%d of %d before %d hosts", index, count, size)
                            .isEqualTo(shares(rule, set, Self.UNKNOWN));
                }
            }
        }
    }

    @Test
    void followedFromViewToViewItIsWhatTheRuleSaysOfAllHosts() {
        for (long seed = 1; seed <= 4; seed++) {
            SplittableRandom dice = new SplittableRandom(seed);
            ApertureRule rule = seed % 2 == 0 ? new RandomSubset(20) : new Deterministic(12, -1, 0);
            List<Host> hosts = new ArrayList<>();
            IntStream.range(0, 30).forEach(_ -> hosts.add(host(dice)));
            Aperture aperture = new Aperture();
            HostSet set = HostSet.of(hosts);
            Self self = new Self(dice.nextLong(), 3, 10);
            for (int round = 0; round < 400; round++) {
                List<Host> touched = new ArrayList<>();
                // grows and shrinks about sizes at which everything is used
                for (int n = dice.nextInt(3); n > 0; n--) {
                    int at = dice.nextInt(hosts.size());
                    boolean more = hosts.size() < 25 || dice.nextBoolean() && hosts.size() < 80;
                    Host changed = more ? host(dice) : hosts.remove(at);
                    if (more) {
                        hosts.add(at, changed);
                    }
                    touched.add(changed);
                }
                set = round % 50 == 49 ? HostSet.of(hosts) : set.after(HostList.copyOf(List.copyOf(hosts)), touched);
                if (round % 100 == 99) {
                    self = new Self(dice.nextLong(), dice.nextInt(10), 10);
                }
                ApertureRule now = round % 70 == 69 ? ApertureRule.ALL : rule;
                HostSet used = aperture.of(set, now, self);
                Map<Host, Double> got = new HashMap<>();
                used.all().forEach(host -> got.put(host, host.shareFactor()));
                assertThat(got).as("seed %d round %d", seed, round).isEqualTo(shares(now, set, self));
            }
        }
    }
}
