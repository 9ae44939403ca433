package io.weir.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.rule.EjectionSpec;
import io.weir.core.model.Host;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
    private static final long SEED = 20261123;

    @Test
    void weights1To2To1Give250And500And250OfAThousandFromAnyStart() {
        for (long seed = -5; seed < 50; seed++) {
            List<Host> hosts = Asked.hosts(1, 2, 1);
            Chooser chooser = new RoundRobin(new Group(hosts), seed);
            Tally counts = Asked.counts(chooser, new Asked(seed), 1000);
            assertThat(hosts.stream().map(counts::of)).as("seed " + seed).containsExactly(250, 500, 250);
        }
    }

    @Test
    void equalWeightsTakeTurns() {
        List<Host> hosts = Asked.hosts(7, 7, 7);
        Chooser chooser = new RoundRobin(new Group(hosts), 0);
        List<Host> order = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            order.add(Asked.host(chooser, new Asked(SEED)));
        }
        assertThat(order).containsExactly(hosts.get(0), hosts.get(1), hosts.get(2), hosts.get(0), hosts.get(1),
                hosts.get(2));
    }

    @Test
    void aHeavyHostsTurnsAreSpread() {
        List<Host> hosts = Asked.hosts(1, 2, 1);
        Chooser chooser = new RoundRobin(new Group(hosts), 0);
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            order.append(hosts.indexOf(Asked.host(chooser, new Asked(SEED))));
        }
        assertThat(order.toString()).isEqualTo("10121012");
    }

    @Test
    void lightHostsDoNotComeInALump() {
        int[] weights = new int[101];
        Arrays.fill(weights, 1);
        weights[0] = 100;
        List<Host> hosts = Asked.hosts(weights);
        Chooser chooser = new RoundRobin(new Group(hosts), 0);
        int run = 0;
        int longest = 0;
        for (int i = 0; i < 400; i++) {
            run = Asked.host(chooser, new Asked(SEED)) == hosts.getFirst() ? 0 : run + 1;
            longest = Math.max(longest, run);
        }
        assertThat(longest).as("light hosts in a row, of 100 among 100 heavy turns").isLessThanOrEqualTo(4);
    }

    @Test
    void anyWeightsAreExactOverASchedule() {
        Random random = new Random(SEED);
        for (int round = 0; round < 50; round++) {
            int[] weights = random.ints(1 + random.nextInt(20), 1, 128).toArray();
            List<Host> hosts = Asked.hosts(weights);
            int[] slots = RoundRobin.slots(weights);
            int sum = Arrays.stream(slots).sum();
            Chooser chooser = new RoundRobin(new Group(hosts), random.nextLong());
            Tally counts = Asked.counts(chooser, new Asked(SEED), sum * 3);
            for (int i = 0; i < weights.length; i++) {
                assertThat(counts.of(hosts.get(i))).as("seed " + SEED + " round " + round).isEqualTo(slots[i] * 3);
                assertThat((double) slots[i] / sum).isEqualTo((double) weights[i] / Arrays.stream(weights).sum());
            }
        }
    }

    @Test
    void hugeWeightsAreRoundedButNoHostIsForgotten() {
        int[] slots = RoundRobin.slots(new int[]{1, Integer.MAX_VALUE, Integer.MAX_VALUE / 2});
        assertThat(Arrays.stream(slots).sum()).isLessThanOrEqualTo(RoundRobin.SLOTS_MAX + slots.length);
        assertThat(slots[0]).isEqualTo(1);
        assertThat((double) slots[1] / slots[2]).isBetween(1.999, 2.001);
    }

    @Test
    void anEjectedHostIsSkippedAndItsTurnsAreSharedByAllOthers() {
        List<Host> hosts = Asked.hosts(1, 1, 1, 1);
        Chooser chooser = new RoundRobin(new Group(hosts), 0);
        hosts.get(1).unreachable(EjectionSpec.DEFAULT, 0);
        Tally counts = Asked.counts(chooser, new Asked(SEED), 900);
        assertThat(counts.of(hosts.get(1))).isZero();
        assertThat(List.of(counts.of(hosts.get(0)), counts.of(hosts.get(2)), counts.of(hosts.get(3))))
                .containsExactlyInAnyOrder(300, 300, 300);
    }

    @Test
    void whenAllAreEjectedThereIsNone() {
        List<Host> hosts = Asked.hosts(1, 3);
        Chooser chooser = new RoundRobin(new Group(hosts), 0);
        hosts.forEach(host -> host.unreachable(EjectionSpec.DEFAULT, 0));
        assertThat(chooser.choose(new Asked(SEED))).isNull();
    }

    @Test
    void anExcludedHostIsUsedOnlyWhenNoOtherIsThere() {
        List<Host> hosts = Asked.hosts(1, 100);
        Chooser chooser = new RoundRobin(new Group(hosts), 0);
        Asked asked = new Asked(SEED);
        asked.tried().add(hosts.get(1));
        assertThat(Asked.counts(chooser, asked, 200).of(hosts.get(0))).isEqualTo(200);
        hosts.get(0).unreachable(EjectionSpec.DEFAULT, 0);
        assertThat(Asked.host(chooser, asked)).isSameAs(hosts.get(1));
    }

    @Test
    void oneUsableHostAmongAThousandIsFound() {
        int[] weights = new int[1000];
        Arrays.fill(weights, 1);
        List<Host> hosts = Asked.hosts(weights);
        hosts.forEach(host -> {
            if (host != hosts.get(617)) {
                host.unreachable(EjectionSpec.DEFAULT, 0);
            }
        });
        assertThat(Asked.host(new RoundRobin(new Group(hosts), SEED), new Asked(SEED))).isSameAs(hosts.get(617));
    }

    @Test
    void workersShareOneCursorExactly() throws InterruptedException {
        List<Host> hosts = Asked.hosts(1, 2, 1);
        Chooser chooser = new RoundRobin(new Group(hosts), 3);
        Tally total = new Tally();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            long seed = i;
            workers.add(Thread.ofPlatform()
                    .start(() -> total.addAll(Asked.counts(chooser, new Asked(seed), 25_000))));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        assertThat(hosts.stream().map(total::of)).containsExactly(25_000, 50_000, 25_000);
    }

    @Test
    void ofVeryManyHostsEachHasTheTurnsOfItsWeightButForAFew() {
        int[] weights = new int[6_000];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = 1 + i % 4;
        }
        List<Host> hosts = Asked.hosts(weights);
        Chooser chooser = new RoundRobin(new Group(hosts), SEED);
        Tally counts = Asked.counts(chooser, new Asked(SEED), 10 * 15_000);
        for (int i = 0; i < weights.length; i++) {
            assertThat(counts.of(hosts.get(i))).as("host %d", i).isBetween(10 * weights[i] - 2, 10 * weights[i] + 2);
        }
    }
}
