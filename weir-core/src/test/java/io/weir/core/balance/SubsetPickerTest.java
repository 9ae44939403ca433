package io.weir.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.weir.core.model.Announced;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.model.Criteria;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.model.SubsetRule;
import io.weir.core.model.SubsetRule.Fallback;
import io.weir.core.model.SubsetRule.Selector;
import io.weir.core.stats.BalanceStats;
import io.weir.core.stats.Stats;
import io.weir.core.stats.SubsetStats;
import io.weir.core.tier.Locals;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SubsetPickerTest {
    private static final long SEED = 3;

    /** A request with these criteria, or bound to this address. */
    private record Request(@Nullable Criteria criteria, @Nullable String overrideHost,
            RandomGenerator random) implements PickContext {
        @Override
        public @Nullable String overrideHost(int n) {
            return n == 0 ? overrideHost : null;
        }

        @Override
        public long hash() {
            return 0;
        }

        @Override
        public long nowNanos() {
            return 0;
        }
    }

    private final Stats stats = new Stats();
    private final SubsetStats counts = new SubsetStats(stats.root());
    private final Pickers pickers = new Pickers(new BalanceStats(stats.root()), () -> counts, () -> 0);
    private final List<Host> hosts = new ArrayList<>(List.of(
            host("v", "1", "stage", "prod"), host("v", "1", "stage", "dev"), host("v", "2", "stage", "prod"),
            host("v", "2", "stage", "prod"), host()));

    private int made;

    private Host host(Object... keysAndValues) {
        Map<String, Object> metadata = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            metadata.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return new Host(Endpoint.of(Asked.address(made++)).withMetadata(Map.of(Criteria.SPACE, metadata)));
    }

    private static Selector keys(Fallback fallback, Set<String> fallbackKeys, String... keys) {
        return new Selector(Set.of(keys), false, fallback, fallbackKeys);
    }

    private static Selector keys(String... keys) {
        return keys(Fallback.NOT_DEFINED, Set.of(), keys);
    }

    private Picker picker(SubsetRule rule) {
        return pickers.build(HostSet.of(hosts), Balancing.DEFAULT.withSubsets(rule), Locals.NONE, SEED);
    }

    /** The indexes of the hosts that requests with these criteria reach; empty when they are refused. */
    private Set<Integer> reached(Picker picker, Map<String, Object> criteria) {
        Set<Integer> reached = new TreeSet<>();
        Request request = new Request(Criteria.of(criteria), null, new SplittableRandom(SEED));
        for (int i = 0; i < 200; i++) {
            if (picker.pick(request) instanceof Pick.Chosen chosen) {
                reached.add(hosts.indexOf(chosen.host()));
            }
        }
        return reached;
    }

    private static SubsetRule rule(Fallback fallback, Selector... selectors) {
        return SubsetRule.of(fallback, Map.of("stage", "prod"), List.of(selectors));
    }

    @Test
    void twoSelectorsWithTheSameKeysHaveEachHostInTheirSubsetOnce() {
        hosts.getFirst().requestStarted();
        Picker picker = pickers.build(HostSet.of(hosts),
                Balancing.DEFAULT.withPolicy(BalancePolicy.LeastRequest.DEFAULT)
                        .withSubsets(rule(Fallback.NO_FALLBACK, keys("v"), keys("v"))),
                Locals.NONE, SEED);
        assertThat(reached(picker, Map.of("v", "1"))).as("a busy host is never drawn against itself")
                .containsExactly(1);
        assertThat(counts.active().value()).isEqualTo(2);
    }

    @Test
    void whatIsForgottenOfHostsMakesNoSubsetANewOne() {
        picker(rule(Fallback.NO_FALLBACK, keys("v")));
        for (int i = 0; i < 5; i++) {
            pickers.forget();
            picker(rule(Fallback.NO_FALLBACK, keys("v")));
        }
        assertThat(counts.created().value()).isEqualTo(2);
        hosts.removeIf(host -> host.endpoint().metadata().toString().contains("v=2"));
        pickers.forget();
        picker(rule(Fallback.NO_FALLBACK, keys("v")));
        assertThat(counts.removed().value()).isEqualTo(1);
    }

    @Test
    void aSubsetHasTheHostsWithItsMetadataAndNoOthers() {
        Picker picker = picker(rule(Fallback.NO_FALLBACK, keys("v"), keys("v", "stage")));
        assertThat(reached(picker, Map.of("v", "2"))).containsExactly(2, 3);
        assertThat(reached(picker, Map.of("v", "1"))).containsExactly(0, 1);
        assertThat(reached(picker, Map.of("v", "1", "stage", "dev"))).containsExactly(1);
        assertThat(counts.selected().value()).isEqualTo(600);
        assertThat(counts.active().value()).isEqualTo(5);
    }

    @Test
    void whatHasNoSubsetFallsBackAsToldByTheCluster() {
        assertThat(reached(picker(rule(Fallback.NO_FALLBACK, keys("v"))), Map.of("v", "3"))).isEmpty();
        assertThat(reached(picker(rule(Fallback.NO_FALLBACK, keys("v"))), Map.of("other", "1"))).isEmpty();
        assertThat(reached(picker(rule(Fallback.ANY_ENDPOINT, keys("v"))), Map.of("v", "3"))).hasSize(5);
        assertThat(reached(picker(rule(Fallback.DEFAULT_SUBSET, keys("v"))), Map.of("v", "3")))
                .containsExactly(0, 2, 3);
        assertThat(reached(picker(rule(Fallback.DEFAULT_SUBSET, keys("v"))), Map.of())).containsExactly(0, 2, 3);
    }

    @Test
    void aSelectorHasAFallbackOfItsOwn() {
        Picker picker = picker(rule(Fallback.NO_FALLBACK, keys("v"), keys(Fallback.ANY_ENDPOINT, Set.of(), "stage"),
                keys(Fallback.KEYS_SUBSET, Set.of("v"), "v", "stage"),
                keys(Fallback.DEFAULT_SUBSET, Set.of(), "zone")));
        assertThat(reached(picker, Map.of("v", "9"))).isEmpty();
        assertThat(reached(picker, Map.of("stage", "none"))).hasSize(5);
        assertThat(reached(picker, Map.of("v", "2", "stage", "dev"))).containsExactly(2, 3);
        assertThat(reached(picker, Map.of("v", "9", "stage", "dev"))).isEmpty();
        assertThat(reached(picker, Map.of("zone", "a"))).containsExactly(0, 2, 3);
    }

    @Test
    void anyHostServesWhenTheDefaultSubsetIsEmptyAndPanicSaysSo() {
        SubsetRule rule = new SubsetRule(Fallback.DEFAULT_SUBSET, Map.of("stage", "gone"), List.of(keys("v")), false,
                false, true, false, false);
        assertThat(reached(picker(rule), Map.of("v", "9"))).hasSize(5);
        assertThat(counts.fallbackPanic().value()).isEqualTo(200);
    }

    @Test
    void aListIsEachOfItsElementsWhenAsked() {
        hosts.add(host("v", List.of("1", "7")));
        SubsetRule rule = new SubsetRule(Fallback.NO_FALLBACK, Map.of(), List.of(keys("v")), false, false, false, true,
                false);
        assertThat(reached(picker(rule), Map.of("v", "7"))).containsExactly(5);
        assertThat(reached(picker(rule), Map.of("v", "1"))).containsExactly(0, 1, 5);
        assertThat(reached(picker(rule(Fallback.NO_FALLBACK, keys("v"))), Map.of("v", "7"))).isEmpty();
    }

    @Test
    void aSingleHostSubsetIsItsFirstHost() {
        SubsetRule rule = rule(Fallback.NO_FALLBACK, new Selector(Set.of("v"), true, Fallback.NOT_DEFINED, Set.of()));
        assertThat(reached(picker(rule), Map.of("v", "2"))).containsExactly(2);
        assertThat(counts.singleHostDuplicate().value()).isEqualTo(2);
    }

    @Test
    void aFallbackListIsTriedInOrder() {
        SubsetRule rule = new SubsetRule(Fallback.NO_FALLBACK, Map.of(), List.of(keys("v")), false, false, false,
                false, true);
        assertThat(reached(picker(rule), Map.of(Criteria.FALLBACK_LIST,
                List.of(Map.of("v", "8"), Map.of("v", "2"), Map.of("v", "1"))))).containsExactly(2, 3);
        assertThat(reached(picker(rule(Fallback.NO_FALLBACK, keys("v"))),
                Map.of(Criteria.FALLBACK_LIST, List.of(Map.of("v", "2"))))).isEmpty();
    }

    @Test
    void subsetsComeAndGoWithTheirHosts() {
        SubsetRule rule = rule(Fallback.NO_FALLBACK, keys("v"));
        picker(rule);
        hosts.remove(3);
        hosts.remove(2);
        hosts.add(host("v", "3"));
        Picker picker = picker(rule);
        assertThat(reached(picker, Map.of("v", "2"))).isEmpty();
        assertThat(List.of(counts.created().value(), counts.removed().value(), counts.active().value()))
                .containsExactly(3L, 1L, 2L);
    }

    @Test
    void pickingFromASubsetAllocatesNothing() {
        Picker picker = picker(rule(Fallback.NO_FALLBACK, keys("v"),
                keys(Fallback.KEYS_SUBSET, Set.of("v"), "v", "stage")));
        Request request = new Request(Criteria.of(Map.of("v", "2", "stage", "dev")), null, new SplittableRandom(SEED));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20 && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 5_000; i++) {
                picker.pick(request);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes in 5,000 picks").isLessThan(5_000);
    }

    @Test
    void aBoundRequestKeepsItsHostWhileItsHealthAllows() {
        Host bound = hosts.get(3);
        Balancing keeping = Balancing.DEFAULT
                .withOverrideStatuses(Set.of(Announced.UNKNOWN, Announced.HEALTHY, Announced.DRAINING));
        Request request = new Request(null, bound.addressText(), new SplittableRandom(SEED));
        assertThat(stays(Balancing.DEFAULT, request, bound)).isTrue();
        bound.flag(HealthFlag.DEGRADED_ACTIVE_HC, true, "a check said so", 0);
        assertThat(stays(Balancing.DEFAULT, request, bound)).as("degraded is among Envoy's statuses").isTrue();
        assertThat(stays(keeping, request, bound)).as("and not among these").isFalse();
        bound.flag(HealthFlag.DEGRADED_ACTIVE_HC, false, "no longer", 0);
        bound.endpoint(bound.endpoint().withAnnounced(Announced.DRAINING));
        assertThat(stays(Balancing.DEFAULT, request, bound)).isFalse();
        assertThat(stays(keeping, request, bound)).isTrue();
        bound.unreachable(EjectionSpec.DEFAULT, 0);
        assertThat(stays(keeping, request, bound)).isFalse();
        hosts.remove(bound);
        assertThat(stays(keeping, request, bound)).isFalse();
    }

    private boolean stays(Balancing balancing, Request request, Host bound) {
        Picker picker = pickers.build(HostSet.of(hosts), balancing, Locals.NONE, SEED);
        for (int i = 0; i < 20; i++) {
            if (!(picker.pick(request) instanceof Pick.Chosen chosen)) {
                throw new AssertionError("a lost session is no error");
            }
            if (chosen.host() != bound) {
                return false;
            }
        }
        return true;
    }
}
