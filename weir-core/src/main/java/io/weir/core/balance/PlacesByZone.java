package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.stats.BalanceStats;
import io.weir.core.tier.ZoneRouting;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** In the own locality as far as {@link ZoneRouting} says, else where capacity is left. Immutable; any thread. */
final class PlacesByZone implements Chooser {
    private final Chooser[] places;
    private final Chooser everywhere;
    private final int localShare;
    private final int[] reached;
    private final int routed;
    private final BalanceStats stats;

    /**
     * @param places
     *            the own locality first, where it has hosts
     * @param everywhere
     *            for the traffic that is not routed by zones
     * @param routingPercent
     *            how much of it is
     */
    PlacesByZone(Chooser[] places, Chooser everywhere, ZoneRouting.Residual routing, double routingPercent,
            BalanceStats stats) {
        this.places = places;
        this.everywhere = everywhere;
        this.localShare = routing.localShare();
        this.routed = routed(routingPercent);
        this.stats = stats;
        this.reached = sums(routing.capacities());
    }

    /** Everything in the first place. */
    static Chooser direct(Chooser[] places, Chooser everywhere, double routingPercent, BalanceStats stats) {
        int routed = routed(routingPercent);
        return context -> {
            if (routed < ZoneRouting.WHOLE && parts(context.random()) >= routed) {
                return everywhere.choose(context);
            }
            stats.zoneRoutingAllDirectly().increment();
            return PlacesByShare.at(places, 0, context);
        };
    }

    private static int[] sums(List<Integer> capacities) {
        int[] sums = new int[capacities.size()];
        int sum = 0;
        for (int i = 0; i < sums.length; i++) {
            sum += capacities.get(i);
            sums[i] = sum;
        }
        return sums;
    }

    private static int routed(double percent) {
        return (int) Math.round(percent * ZoneRouting.WHOLE / 100);
    }

    private static int parts(RandomGenerator random) {
        return Group.below(random.nextLong() >>> 32, ZoneRouting.WHOLE);
    }

    @Override
    public @Nullable Chosen choose(PickContext context) {
        RandomGenerator random = context.random();
        if (routed < ZoneRouting.WHOLE && parts(random) >= routed) {
            return everywhere.choose(context);
        }
        if (parts(random) < localShare) {
            stats.zoneRoutingSampled().increment();
            return PlacesByShare.at(places, 0, context);
        }
        stats.zoneRoutingCrossZone().increment();
        int capacity = reached[reached.length - 1];
        int at = 0;
        if (capacity == 0) {
            // rounding can leave nobody: any locality is as good
            stats.zoneNoCapacityLeft().increment();
            at = Group.below(random.nextLong() >>> 32, places.length);
        } else {
            int drawn = Group.below(random.nextLong() >>> 32, capacity);
            while (drawn >= reached[at]) {
                at++;
            }
        }
        return PlacesByShare.at(places, at, context);
    }
}
