package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.balance.Pick.Refused;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.HostSet;
import io.weir.core.stats.Counter;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * From a policy and a set of hosts to a picker. Every policy has its line in {@link #chooser}; what holds for all of
 * them, the order of groups and what to do when none has a host left, stands here once.
 */
public final class Pickers {
    private static final Picker NO_HOST = refusing(Reason.NO_HOST);
    private static final Picker NO_HEALTHY_HOST = refusing(Reason.NO_HEALTHY_HOST);

    private Pickers() {}

    /**
     * A picker over these hosts. Picks take the first group that has a host which is not ejected at that moment; when
     * none has, any usable host of the first priority, as all of them ejected is likelier our mistake than theirs.
     *
     * @param seed
     *            where turns start; another one for each set
     * @param panicked
     *            counts the picks made although every host was ejected
     * @param requestsActive
     *            how many requests the whole cluster has in flight
     */
    public static Picker build(HostSet hosts, BalancePolicy policy, long seed, Counter panicked,
            LongSupplier requestsActive) {
        if (hosts.all().isEmpty()) {
            return NO_HOST;
        }
        if (hosts.lastResort().isEmpty()) {
            return NO_HEALTHY_HOST;
        }
        List<HostSet.Group> groups = hosts.groups();
        Chooser[] choosers = new Chooser[groups.size()];
        for (int i = 0; i < choosers.length; i++) {
            choosers[i] = chooser(new Group(groups.get(i).hosts()), policy, seed + i, requestsActive);
        }
        return new Ordered(choosers, new Group(hosts.lastResort()), panicked);
    }

    private static Chooser chooser(Group hosts, BalancePolicy policy, long seed, LongSupplier requestsActive) {
        return switch (policy) {
            case BalancePolicy.RoundRobin p -> made(RoundRobin::build, hosts, p, seed);
            case BalancePolicy.Random p -> made(Random::build, hosts, p, seed);
            case BalancePolicy.LeastRequest p -> made(LeastRequest::build, hosts, p, seed);
            case BalancePolicy.PeakEwma p -> made(PeakEwma::build, hosts, p, seed);
            case BalancePolicy.HotCold p -> made(HotCold::build, hosts, p, seed);
            case BalancePolicy.ClientSideWeightedRoundRobin p -> made(Reported::build, hosts, p, seed);
            case BalancePolicy.RingHash p -> Hashed.ring(hosts, p, requestsActive);
            case BalancePolicy.Maglev p -> Hashed.maglev(hosts, p, requestsActive);
        };
    }

    private static <P extends BalancePolicy> Chooser made(PickerFactory<P> factory, Group hosts, P policy, long seed) {
        return factory.build(hosts, policy, seed);
    }

    private static Picker refusing(Reason reason) {
        Pick refused = new Refused(reason);
        return context -> refused;
    }

    /** The groups in order, then the last resort. */
    private static final class Ordered implements Picker {
        private final Chooser[] choosers;
        private final Group lastResort;
        private final Counter panicked;

        Ordered(Chooser[] choosers, Group lastResort, Counter panicked) {
            this.choosers = choosers;
            this.lastResort = lastResort;
            this.panicked = panicked;
        }

        @Override
        public Pick pick(PickContext context) {
            for (Chooser chooser : choosers) {
                Chosen chosen = chooser.choose(context);
                if (chosen != null) {
                    return chosen;
                }
            }
            panicked.increment();
            return lastResort.regardless(context);
        }
    }
}
