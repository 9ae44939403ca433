package io.weir.core.balance;

import io.weir.core.balance.Pick.Refused;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.model.HostSet;
import io.weir.core.stats.BalanceStats;
import io.weir.core.stats.Stats;
import io.weir.core.tier.Locals;

/**
 * Makes the pickers of one cluster, one for each view. Every policy has its line in {@link #chooser}; what holds for
 * all of them, tiers and localities, stands in {@link TierBuilder} once. The parts of a picker whose hosts stay as they
 * are serve again in the next. The conductor's; pickers are for any thread.
 */
public final class Pickers {
    private static final Picker NO_HOST = refusing(Reason.NO_HOST);
    private static final Picker NO_HEALTHY_HOST = refusing(Reason.NO_HEALTHY_HOST);

    private final BalanceStats stats;
    private final Choosers choosers = new Choosers(Pickers::chooser);

    /**
     * @param stats
     *            where picks are counted
     */
    public Pickers(BalanceStats stats) {
        this.stats = stats;
    }

    /** A picker over these hosts by a policy alone, with Envoy's tiers. */
    public static Picker build(HostSet hosts, BalancePolicy policy, long seed) {
        return new Pickers(new BalanceStats(new Stats().root())).build(hosts, Balancing.DEFAULT.withPolicy(policy),
                Locals.NONE, seed);
    }

    /**
     * A picker over these hosts.
     *
     * @param locals
     *            where this proxy and its like stand
     * @param seed
     *            where turns start; another one for each set
     */
    public Picker build(HostSet hosts, Balancing balancing, Locals locals, long seed) {
        if (hosts.all().isEmpty()) {
            return NO_HOST;
        }
        choosers.begin(seed);
        Picker tiers = new TierBuilder(hosts, balancing, byHash(balancing.policy()), locals, stats, choosers).build();
        Picker picker = tiers == null ? NO_HEALTHY_HOST : tiers;
        return balancing.tiers().drops().isEmpty()
                ? picker
                : new Dropping(picker, balancing.tiers().drops(), stats.dropOverload());
    }

    /** What was told of hosts has changed in ways that only choosers see, such as their names. */
    public void forget() {
        choosers.forget();
    }

    /** Whether a policy goes by the request's hash; then the priority does too. */
    private static boolean byHash(BalancePolicy policy) {
        return switch (policy) {
            case BalancePolicy.RoundRobin _,BalancePolicy.Random _,BalancePolicy.LeastRequest _ -> false;
        };
    }

    private static Chooser chooser(Group hosts, BalancePolicy policy, long seed) {
        return switch (policy) {
            case BalancePolicy.RoundRobin p -> made(RoundRobin::build, hosts, p, seed);
            case BalancePolicy.Random p -> made(Random::build, hosts, p, seed);
            case BalancePolicy.LeastRequest p -> made(LeastRequest::build, hosts, p, seed);
        };
    }

    private static <P extends BalancePolicy> Chooser made(PickerFactory<P> factory, Group hosts, P policy, long seed) {
        return factory.build(hosts, policy, seed);
    }

    private static Picker refusing(Reason reason) {
        Pick refused = new Refused(reason);
        return context -> refused;
    }
}
