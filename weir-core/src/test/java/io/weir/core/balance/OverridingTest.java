package io.weir.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.Balancing;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostList;
import io.weir.core.model.HostSet;
import io.weir.core.stats.BalanceStats;
import io.weir.core.stats.Stats;
import io.weir.core.stats.SubsetStats;
import io.weir.core.tier.Locals;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Requests that are bound to one host, or name several. */
class OverridingTest {
    private static final long SEED = 7;

    private record Bound(List<String> addresses, boolean overrideStrict, Set<Host> tried, RandomGenerator random)
            implements
                PickContext {
        Bound(boolean strict, String... addresses) {
            this(List.of(addresses), strict, new HashSet<>(), new SplittableRandom(SEED));
        }

        @Override
        public @Nullable String overrideHost(int n) {
            return n < addresses.size() ? addresses.get(n) : null;
        }

        @Override
        public boolean excluded(Host host) {
            return tried.contains(host);
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

    private final List<Host> hosts = Asked.hosts(1, 1, 1, 1);
    private final Stats stats = new Stats();
    private final Pickers pickers = new Pickers(new BalanceStats(stats.root()), () -> new SubsetStats(stats.root()),
            () -> 0);
    private final Picker picker = pickers.build(HostSet.of(hosts), Balancing.DEFAULT, Locals.NONE, SEED);

    private Pick pick(PickContext context) {
        return picker.pick(context);
    }

    @Test
    void theFirstHostNamedThatIsKnownIsTakenAndTheNextForEachRetry() {
        var context = new Bound(false, "10.9.9.9:80", "not an address", "10.0.0.3:80", "10.0.0.1:80");
        assertThat(pick(context)).isEqualTo(new Pick.Chosen(hosts.get(2)));
        context.tried.add(hosts.get(2));
        assertThat(pick(context)).isEqualTo(new Pick.Chosen(hosts.get(0)));
        context.tried.add(hosts.get(0));
        for (int i = 0; i < 20; i++) {
            assertThat(pick(context)).isIn(new Pick.Chosen(hosts.get(1)), new Pick.Chosen(hosts.get(3)));
        }
    }

    @Test
    void aStrictSessionIsServedByItsHostOrNotAtAll() {
        var context = new Bound(true, "10.0.0.2:80");
        assertThat(pick(context)).isEqualTo(new Pick.Chosen(hosts.get(1)));
        context.tried.add(hosts.get(1));
        assertThat(pick(context)).as("a retry").isEqualTo(new Pick.Chosen(hosts.get(1)));
        assertThat(pick(new Bound(true, "10.9.9.9:80"))).isEqualTo(new Pick.Refused(Reason.NO_HEALTHY_HOST));
        assertThat(pick(new Bound(true))).as("no session").isInstanceOf(Pick.Chosen.class);
    }

    @Test
    void afterATickHostsAreFoundByTheirAddressesHoweverTheyComeAndGo() {
        assertThat(pick(new Bound(true, "10.0.0.4:80"))).isEqualTo(new Pick.Chosen(hosts.get(3)));
        pickers.tick(Balancing.DEFAULT, 1);
        HostSet set = HostSet.of(hosts);
        pickers.build(set, Balancing.DEFAULT, Locals.NONE, SEED);
        Host gone = hosts.get(3);
        Host same = new Host(gone.endpoint());
        Host fresh = new Host(Endpoint.of(Asked.address(77)));
        HostList now = HostList.copyOf(List.of(hosts.get(0), same, hosts.get(1), fresh, hosts.get(2)));
        Picker next = pickers.build(set.after(now, List.of(same, fresh, gone)), Balancing.DEFAULT, Locals.NONE, SEED);
        assertThat(next.pick(new Bound(true, "10.0.0.4:80"))).isEqualTo(new Pick.Chosen(same));
        assertThat(next.pick(new Bound(true, fresh.addressText()))).isEqualTo(new Pick.Chosen(fresh));
        assertThat(next.pick(new Bound(true, "10.0.0.1:80"))).isEqualTo(new Pick.Chosen(hosts.get(0)));
        next = pickers.build(HostSet.of(List.of(hosts.get(2))), Balancing.DEFAULT, Locals.NONE, SEED);
        assertThat(next.pick(new Bound(true, "10.0.0.4:80"))).isInstanceOf(Pick.Refused.class);
        assertThat(next.pick(new Bound(true, "10.0.0.3:80"))).isEqualTo(new Pick.Chosen(hosts.get(2)));
    }
}
