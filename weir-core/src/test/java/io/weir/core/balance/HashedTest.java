package io.weir.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.hash.HashFunction;
import io.weir.core.hash.MersenneTwister;
import io.weir.core.hash.XxHash64;
import io.weir.core.model.BalancePolicy;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HashedTest {
    private static final long SEED = 421;
    private final List<Host> hosts = Asked.hosts(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);

    /** A request with a hash. */
    private record Keyed(long hash, Set<Host> tried) implements PickContext {
        Keyed(long hash) {
            this(hash, new HashSet<>());
        }

        @Override
        public boolean hashed() {
            return true;
        }

        @Override
        public RandomGenerator random() {
            throw new AssertionError("a request with a hash needs no dice");
        }

        @Override
        public long nowNanos() {
            return 0;
        }

        @Override
        public boolean excluded(Host host) {
            return tried.contains(host);
        }
    }

    private static Chooser maglev(List<Host> hosts, int factor) {
        return Hashed.maglev(new Group(hosts), new BalancePolicy.Maglev(1009, false, factor),
                () -> hosts.stream().mapToInt(Host::requestsActive).sum());
    }

    private static Chooser ring(List<Host> hosts, int factor) {
        return Hashed.ring(new Group(hosts),
                new BalancePolicy.RingHash(1024, 4096, HashFunction.XX_HASH, false, factor),
                () -> hosts.stream().mapToInt(Host::requestsActive).sum());
    }

    private static void busy(Host host, int requests) {
        for (int i = 0; i < requests; i++) {
            host.requestStarted();
        }
    }

    @Test
    void theSameHashGoesToTheSameHostAndAllHostsGetSome() {
        for (Chooser chooser : List.of(maglev(hosts, 0), ring(hosts, 0), maglev(hosts, 150), ring(hosts, 150))) {
            Set<Host> seen = new HashSet<>();
            for (int i = 0; i < 500; i++) {
                long hash = XxHash64.of("user " + i);
                Host host = Asked.host(chooser, new Keyed(hash));
                assertThat(Asked.host(chooser, new Keyed(hash))).isSameAs(host);
                seen.add(host);
            }
            assertThat(seen).containsExactlyInAnyOrderElementsOf(hosts);
        }
    }

    @Test
    void aRequestWithoutAHashDrawsOne() {
        Tally counts = Asked.counts(maglev(hosts, 0), new Asked(SEED), 20_000);
        assertThat(counts.values()).as("seed " + SEED).allSatisfy(n -> assertThat(n).isBetween(1_800, 2_200));
    }

    @Test
    void anEjectedHostsHashesAreSharedByTheOthersAndComeBackToIt() {
        for (Chooser chooser : List.of(maglev(hosts, 0), ring(hosts, 0))) {
            Set<Host> heirs = new HashSet<>();
            for (int i = 0; i < 3_000; i++) {
                long hash = XxHash64.of("user " + i);
                Host before = Asked.host(chooser, new Keyed(hash));
                before.unreachable(EjectionSpec.DEFAULT, 0);
                Host meanwhile = Asked.host(chooser, new Keyed(hash));
                assertThat(meanwhile).isNotSameAs(before);
                before.tick(EjectionSpec.DEFAULT, Long.MAX_VALUE / 2);
                assertThat(Asked.host(chooser, new Keyed(hash))).isSameAs(before);
                before.reached();
                if (before == hosts.getFirst()) {
                    heirs.add(meanwhile);
                }
            }
            assertThat(heirs).hasSize(9);
        }
    }

    @Test
    void anExcludedHostIsAvoidedWhileThereIsAnother() {
        for (Chooser chooser : List.of(maglev(hosts, 0), ring(hosts, 0), maglev(hosts, 120))) {
            Keyed keyed = new Keyed(99);
            Set<Host> given = new HashSet<>();
            for (int i = 0; i < 10; i++) {
                Host host = Asked.host(chooser, keyed);
                given.add(host);
                keyed.tried().add(host);
            }
            assertThat(given).hasSize(10);
            assertThat(chooser.choose(keyed)).as("all were tried").isNotNull();
        }
    }

    @Test
    void whenAllAreEjectedThereIsNone() {
        hosts.forEach(host -> host.unreachable(EjectionSpec.DEFAULT, 0));
        for (Chooser chooser : List.of(maglev(hosts, 0), ring(hosts, 0), maglev(hosts, 120))) {
            assertThat(chooser.choose(new Keyed(3))).isNull();
        }
    }

    @Test
    void oneHostNeedsNoTable() {
        assertThat(maglev(Asked.hosts(3), 0)).isInstanceOf(Single.class);
        assertThat(ring(Asked.hosts(3), 150)).isInstanceOf(Single.class);
    }

    @Test
    void namesAndMetadataCanStandForAddresses() {
        List<Host> here = new ArrayList<>();
        List<Host> moved = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            here.add(named(new InetSocketAddress("10.0.0." + i, 80), "host-" + i, Map.of()));
            moved.add(named(new InetSocketAddress("10.9.9." + i, 81), "other-" + i,
                    Map.of("envoy.lb", Map.of("hash_key", "host-" + i))));
        }
        BalancePolicy.Maglev byName = new BalancePolicy.Maglev(1009, true, 0);
        Chooser one = Hashed.maglev(new Group(here), byName, () -> 0);
        Chooser other = Hashed.maglev(new Group(moved), byName, () -> 0);
        for (int hash = 0; hash < 1009; hash++) {
            assertThat(moved.indexOf(Asked.host(other, new Keyed(hash))))
                    .isEqualTo(here.indexOf(Asked.host(one, new Keyed(hash))));
        }
    }

    private static Host named(InetSocketAddress address, String name, Map<String, Object> metadata) {
        Endpoint plain = Endpoint.of(address);
        return new Host(new Endpoint(address, name, 1, 0, plain.locality(), 0, plain.announced(), metadata));
    }

    @Test
    void anOverloadedHostPassesRequestsOnInTheOrderOfEnvoysShuffle() {
        Chooser chooser = maglev(hosts, 150);
        for (int hash = 0; hash < 200; hash++) {
            Host first = Asked.host(chooser, new Keyed(hash));
            // 15 in flight in all, and its cap is one and a half of a tenth of that
            busy(first, 15);
            assertThat(Asked.host(chooser, new Keyed(hash))).isSameAs(hosts.get(shuffled(hash, List.of(first))));
            for (int i = 0; i < 15; i++) {
                first.requestEnded();
            }
        }
    }

    @Test
    void theOrderIsThatOfAWholeShuffleHoweverManyHostsAreBeyondTheirCap() {
        // of a cluster that has little in flight otherwise: two requests are a host's cap
        Chooser chooser = Hashed.maglev(new Group(hosts), new BalancePolicy.Maglev(1009, false, 150), () -> 10);
        for (int hash = 0; hash < 200; hash++) {
            // passed on again and again, each time with one host more that is beyond its cap
            List<Host> busy = new ArrayList<>();
            for (int n = 0; n < 10; n++) {
                Host host = Asked.host(chooser, new Keyed(hash));
                if (n > 0) {
                    assertThat(host).as("hash %d, host %d", hash, n).isSameAs(hosts.get(shuffled(hash, busy)));
                }
                busy(host, 3);
                busy.add(host);
            }
            busy.forEach(host -> IntStream.range(0, 3).forEach(_ -> host.requestEnded()));
        }
    }

    /** The first index of a Fisher-Yates shuffle with this seed that is none of these hosts'. */
    private int shuffled(long seed, List<Host> not) {
        MersenneTwister random = new MersenneTwister();
        random.seed(seed);
        List<Integer> left = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        for (int i = 0;; i++) {
            int j = i + random.below(10 - i);
            int index = left.get(j);
            left.set(j, left.get(i));
            left.set(i, index);
            if (!not.contains(hosts.get(index))) {
                return index;
            }
        }
    }

    @Test
    void noHostExceedsItsBoundHoweverSkewedTheHashesAre() {
        // half of all requests have one hash; each lasts until the end
        for (int factor : new int[]{100, 125, 200}) {
            List<Host> fresh = Asked.hosts(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
            Chooser chooser = maglev(fresh, factor);
            SplittableRandom random = new SplittableRandom(SEED);
            for (int i = 1; i <= 2_000; i++) {
                Asked.host(chooser, new Keyed(i % 2 == 0 ? 5 : random.nextLong())).requestStarted();
                // a host at its cap still takes one, as in Envoy
                int cap = (int) Math.ceil(Math.ceil(i * factor / 100.0) / 10) + 1;
                assertThat(fresh).as("seed " + SEED + " after " + i)
                        .allSatisfy(host -> assertThat(host.requestsActive()).isLessThanOrEqualTo(cap));
            }
        }
    }

    @Test
    void boundsFollowWeights() {
        List<Host> fresh = Asked.hosts(1, 4, 1);
        Chooser chooser = ring(fresh, 120);
        for (int i = 0; i < 600; i++) {
            Asked.host(chooser, new Keyed(7)).requestStarted();
        }
        assertThat(fresh.get(0).requestsActive()).isLessThanOrEqualTo(122);
        assertThat(fresh.get(1).requestsActive()).isBetween(356, 482);
        assertThat(fresh.get(2).requestsActive()).isLessThanOrEqualTo(122);
    }

    @Test
    void whenAllAreOverloadedTheLeastOverloadedTakesIt() {
        int[] requests = {30, 30, 30, 21, 30, 30, 30, 30, 30, 30};
        for (int i = 0; i < requests.length; i++) {
            busy(hosts.get(i), requests[i]);
        }
        // of a cluster that has little in flight otherwise
        Chooser chooser = Hashed.maglev(new Group(hosts), new BalancePolicy.Maglev(1009, false, 100), () -> 10);
        assertThat(Asked.host(chooser, new Keyed(12))).isSameAs(hosts.get(3));
        assertThat(Arrays.stream(requests).sum()).isGreaterThan(20);
    }
}
