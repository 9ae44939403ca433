package io.weir.core.balance;

import io.weir.core.balance.Choosers.Former;
import io.weir.core.balance.Pick.Refused;
import io.weir.core.follow.Aperture;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.model.LocalityRule;
import io.weir.core.model.SubsetRule;
import io.weir.core.model.Tiers;
import io.weir.core.stats.BalanceStats;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.stats.SubsetStats;
import io.weir.core.tier.LocalityLoads;
import io.weir.core.tier.Locals;
import io.weir.core.tier.PriorityLoads.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the pickers of one cluster, one for each view. Every policy has its line in {@link #chooser}; what holds for
 * all of them, tiers and localities, stands in {@link TierBuilder} once. The parts of a picker whose hosts stay as they
 * are serve again in the next. The conductor's; pickers are for any thread.
 */
public final class Pickers {
    private static final Picker NO_HOST = refusing(Reason.NO_HOST);
    private static final Picker NO_HEALTHY_HOST = refusing(Reason.NO_HEALTHY_HOST);

    private final BalanceStats stats;
    private final Supplier<SubsetStats> subsetStats;
    private final Choosers.Maker maker;
    private final Choosers choosers;
    private final Aperture aperture = new Aperture();
    private final LocalityLoads loads = new LocalityLoads();
    private @Nullable Subsets subsets;
    /** The hosts of the last picker, and which have changed since; null: any may have. */
    private HostSet last = HostSet.EMPTY;
    private @Nullable List<Host> touched;
    private final Overriding.Directory directory = new Overriding.Directory();
    private HostSet listed = HostSet.EMPTY;

    /**
     * @param stats
     *            where picks are counted
     * @param subsetStats
     *            where subsets are counted, asked for where there are any
     * @param requestsActive
     *            how many requests the hosts of the cluster have together, counted as {@link Host#requestsActive}
     *            counts
     */
    public Pickers(BalanceStats stats, Supplier<SubsetStats> subsetStats, LongSupplier requestsActive) {
        this.stats = stats;
        this.subsetStats = subsetStats;
        this.maker = (hosts, policy, seed, former) -> chooser(hosts, policy, seed, former, requestsActive);
        this.choosers = new Choosers(maker);
    }

    /** A picker over these hosts by a policy alone, with Envoy's tiers. */
    public static Picker build(HostSet hosts, BalancePolicy policy, long seed) {
        Scope nowhere = new Stats().root();
        return new Pickers(new BalanceStats(nowhere), () -> new SubsetStats(nowhere), () -> requestsActive(hosts))
                .build(hosts,
                        Balancing.DEFAULT.withPolicy(policy),
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
            last = hosts;
            return NO_HOST;
        }
        HostSet used = aperture.of(hosts, balancing.aperture(), locals.self());
        // with an aperture the shares of others change too
        touched = aperture.steady() ? used.touchedSince(last) : null;
        last = used;
        Picker picker = tiers(used, balancing, locals, seed, choosers, null);
        SubsetRule rule = balancing.subsets();
        if (rule != null) {
            picker = divided(used, balancing, rule, locals, seed, picker);
        }
        directory.hosts(hosts.all(), hosts.touchedSince(listed));
        listed = hosts;
        picker = new Overriding(picker, directory, balancing.overrideStatuses());
        return balancing.tiers().drops().isEmpty()
                ? picker
                : new Dropping(picker, balancing.tiers().drops(), stats.dropOverload());
    }

    private Picker tiers(HostSet hosts, Balancing balancing, Locals locals, long seed, Choosers its,
            @Nullable HostSet whole) {
        its.begin(seed, its.equals(choosers) ? touched : null);
        Picker picker = new TierBuilder(hosts, balancing, byHash(balancing.policy()), locals, stats, its, loads, whole)
                .build();
        return picker == null ? NO_HEALTHY_HOST : picker;
    }

    private Picker divided(HostSet hosts, Balancing balancing, SubsetRule rule, Locals locals, long seed, Picker any) {
        if (subsets == null) {
            subsets = new Subsets(maker, subsetStats.get());
        }
        Tiers tiers = balancing.tiers();
        Balancing within = tiers.locality() instanceof LocalityRule.Weighted && !rule.localityWeights()
                ? balancing.withTiers(tiers.withLocality(new LocalityRule.Ignored()))
                : balancing;
        HostSet whole = rule.scaleLocalityWeights() ? hosts : null;
        return subsets.picker(hosts, rule, any,
                (members, its) -> tiers(members, within, locals, seed, its, whole));
    }

    /** One priority in the numbers that its share of the traffic goes by. */
    public static Standing standing(HostSet.Priority priority, Tiers tiers) {
        return TierBuilder.standing(priority, tiers);
    }

    private static long requestsActive(HostSet hosts) {
        long sum = 0;
        for (Host host : hosts.all()) {
            sum += host.requestsActive();
        }
        return sum;
    }

    /** Time goes on. Returns whether localities are to share the traffic in another way, so that a view is due. */
    public boolean tick(Balancing balancing, long nowNanos) {
        directory.tick();
        return loads.tick(balancing.tiers().locality() instanceof LocalityRule.LoadAware rule ? rule : null, nowNanos);
    }

    /** What was told of hosts has changed in ways that only choosers see, such as their names. */
    public void forget() {
        choosers.forget();
        if (subsets != null) {
            subsets.forget();
        }
    }

    /** Whether a policy goes by the request's hash; then the priority does too. */
    private static boolean byHash(BalancePolicy policy) {
        return switch (policy) {
            case BalancePolicy.RoundRobin _ -> false;
            case BalancePolicy.Random _ -> false;
            case BalancePolicy.LeastRequest _ -> false;
            case BalancePolicy.PeakEwma _ -> false;
            case BalancePolicy.HotCold _ -> false;
            case BalancePolicy.ClientSideWeightedRoundRobin _ -> false;
            case BalancePolicy.RingHash _,BalancePolicy.Maglev _ -> true;
        };
    }

    private static Chooser chooser(Group hosts, BalancePolicy policy, long seed, @Nullable Former former,
            LongSupplier requestsActive) {
        return switch (policy) {
            case BalancePolicy.RoundRobin p -> made(RoundRobin::build, hosts, p, seed, former);
            case BalancePolicy.Random p -> made(Random::build, hosts, p, seed, former);
            case BalancePolicy.LeastRequest p -> made(LeastRequest::build, hosts, p, seed, former);
            case BalancePolicy.PeakEwma p -> made(PeakEwma::build, hosts, p, seed, former);
            case BalancePolicy.HotCold p -> made(HotCold::build, hosts, p, seed, former);
            case BalancePolicy.ClientSideWeightedRoundRobin p -> made(Reported::build, hosts, p, seed, former);
            case BalancePolicy.RingHash p -> Hashed.ring(hosts, p, requestsActive);
            case BalancePolicy.Maglev p -> Hashed.maglev(hosts, p, requestsActive);
        };
    }

    private static <P extends BalancePolicy> Chooser made(PickerFactory<P> factory, Group hosts, P policy, long seed,
            @Nullable Former former) {
        return factory.build(hosts, policy, seed, former);
    }

    private static Picker refusing(Reason reason) {
        Pick refused = new Refused(reason);
        return context -> refused;
    }
}
