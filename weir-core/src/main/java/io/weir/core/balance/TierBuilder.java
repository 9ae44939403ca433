package io.weir.core.balance;

import io.weir.core.balance.Choosers.Part;
import io.weir.core.balance.TierPicker.Lane;
import io.weir.core.balance.TierPicker.LastResort;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.model.HostSet.Priority;
import io.weir.core.model.LocalityRule;
import io.weir.core.model.Tiers;
import io.weir.core.stats.BalanceStats;
import io.weir.core.tier.LocalityLoads;
import io.weir.core.tier.Locals;
import io.weir.core.tier.Place;
import io.weir.core.tier.PriorityLoads;
import io.weir.core.tier.PriorityLoads.Standing;
import io.weir.core.tier.ZoneRouting;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes one picker by tiers: lanes with their loads, and in each lane what its localities ask for. The conductor's. */
final class TierBuilder {
    private final HostSet hosts;
    private final Tiers tiers;
    private final BalancePolicy policy;
    private final boolean byHash;
    private final Locals locals;
    private final BalanceStats stats;
    private final Choosers choosers;
    private final @Nullable HostSet whole;
    private final List<Lane> lanes = new ArrayList<>();
    private final List<Integer> laneLoads = new ArrayList<>();
    private final LocalityLoads loads;

    /**
     * @param whole
     *            what the hosts are a part of, where localities weigh only as much as they are; else null
     */
    TierBuilder(HostSet hosts, Balancing balancing, boolean byHash, Locals locals, BalanceStats stats,
            Choosers choosers, LocalityLoads loads, @Nullable HostSet whole) {
        this.hosts = hosts;
        this.tiers = balancing.tiers();
        this.policy = balancing.policy();
        this.byHash = byHash;
        this.locals = locals;
        this.stats = stats;
        this.choosers = choosers;
        this.loads = loads;
        this.whole = whole;
    }

    /** The picker; null where nobody can be picked. The set has a host. */
    @Nullable
    Picker build() {
        List<Priority> priorities = hosts.priorities();
        PriorityLoads shares = PriorityLoads.of(priorities.stream().map(priority -> standing(priority, tiers)).toList(),
                tiers.panicPercent());
        int carried = 0;
        for (Priority priority : priorities) {
            int number = priority.number();
            boolean panics = shares.panics(number);
            // in panic health is not believed: what its degraded hosts are to carry goes to all of it as well
            int load = shares.healthy(number) + (panics ? shares.degraded(number) : 0);
            List<Host> some = panics ? reachable(priority.hosts()) : priority.healthy();
            if (!some.isEmpty()) {
                carried += load;
                lane(priority, panics ? Part.ALL : Part.HEALTHY, some, load);
            }
        }
        for (Priority priority : priorities) {
            int load = shares.degraded(priority.number());
            if (!priority.degraded().isEmpty() && !shares.panics(priority.number())) {
                carried += load;
                lane(priority, Part.DEGRADED, priority.degraded(), load);
            }
        }
        LastResort lastResort = new LastResort(() -> lastResort(hosts, tiers.panicPercent() > 0));
        if (carried == 0) {
            // panic is off and nobody is well: at most those are tried that only could not be reached
            Group last = lastResort.group();
            return last == null ? null : last::regardless;
        }
        return new TierPicker(lanes.toArray(Lane[]::new), laneLoads.stream().mapToInt(Integer::intValue).toArray(),
                byHash,
                tiers.failOnPanic(), lastResort, stats.healthyPanic());
    }

    /**
     * Those of these hosts that a connect has not been refused by; all, where there are none. The rest would use up
     * turns and come to nothing; each that returns makes another view.
     */
    private static List<Host> reachable(List<Host> hosts) {
        List<Host> reachable = hosts.stream().filter(host -> !host.ejected()).toList();
        return reachable.isEmpty() || reachable.size() == hosts.size() ? hosts : reachable;
    }

    /** One priority in numbers. */
    static Standing standing(Priority priority, Tiers tiers) {
        int hosts = priority.hosts().size();
        long counted = (long) hosts - priority.excluded().size();
        long healthy = priority.healthy().size();
        long degraded = priority.degraded().size();
        if (tiers.healthByWeight()) {
            counted = weight(priority.hosts()) - weight(priority.excluded());
            healthy = weight(priority.healthy());
            degraded = weight(priority.degraded());
        }
        return new Standing(hosts, counted, healthy, degraded, tiers.overprovisioningPercent(),
                priority.availablePercent());
    }

    private static long weight(List<Host> hosts) {
        return hosts.stream().mapToLong(host -> host.endpoint().weight()).sum();
    }

    /**
     * Whom to try when no lane has a host that is not down: every usable host of the first priority that has one, as
     * all of them down is likelier our mistake than theirs. Where none is usable, all of the first, if panic allows.
     */
    private static List<Host> lastResort(HostSet hosts, boolean panicAllowed) {
        for (Priority priority : hosts.priorities()) {
            List<Host> usable = priority.hosts().stream()
                    .filter(host -> host.endpoint().announced().usable()
                            && (panicAllowed || !host.down() || host.ejected()))
                    .toList();
            if (!usable.isEmpty()) {
                return usable;
            }
        }
        return panicAllowed ? hosts.all() : List.of();
    }

    private void lane(Priority priority, Part part, List<Host> some, int load) {
        laneLoads.add(load);
        boolean panics = part == Part.ALL;
        if (load == 0) {
            // it is for the moment in which better lanes have gone down: no table is built for that
            Chooser any = choosers.of(new Choosers.Place(priority.number(), part, null), some,
                    new BalancePolicy.Random());
            lanes.add(new Lane(any, priority.number(), capacity(priority, part), panics));
            return;
        }
        Chooser chooser = panics ? everywhere(priority, part, some) : switch (tiers.locality()) {
            case LocalityRule.Ignored _ -> everywhere(priority, part, some);
            case LocalityRule.Weighted _ -> weighted(priority, part, some);
            case LocalityRule.ZoneAware rule -> byZone(rule, priority, part, some);
            case LocalityRule.LoadAware rule -> byLoad(rule, priority, part, some);
        };
        lanes.add(new Lane(chooser, priority.number(), capacity(priority, part), panics));
    }

    /** What a lane can carry; not nothing where it has a host that is well. */
    private int capacity(Priority priority, Part part) {
        Standing standing = standing(priority, tiers);
        return switch (part) {
            case HEALTHY -> Math.max(1, standing.health());
            case DEGRADED -> Math.max(1, standing.degradation());
            case ALL -> standing.health() + standing.degradation();
        };
    }

    private Chooser everywhere(Priority priority, Part part, List<Host> some) {
        return choosers.of(new Choosers.Place(priority.number(), part, null), some, policy);
    }

    private static List<Host> hosts(Place place, Part part) {
        return switch (part) {
            case HEALTHY -> place.healthy();
            case DEGRADED -> place.degraded();
            case ALL -> place.hosts();
        };
    }

    private Chooser place(Priority priority, Part part, Place place) {
        return choosers.of(new Choosers.Place(priority.number(), part, place.locality()), hosts(place, part), policy);
    }

    private Chooser weighted(Priority priority, Part part, List<Host> some) {
        List<Place> places = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (Place place : Place.of(priority, locals.own())) {
            double weight = place.effectiveWeight(hosts(place, part).size(), tiers.overprovisioningPercent())
                    * scale(priority, place);
            if (weight > 0) {
                places.add(place);
                weights.add(weight);
            }
        }
        // where no locality has a weight, as in Envoy, they do not count
        return places.isEmpty() ? everywhere(priority, part, some) : shared(priority, part, places, weights);
    }

    /** How much of a locality's hosts the part has, where that counts. */
    private double scale(Priority priority, Place place) {
        if (whole == null) {
            return 1;
        }
        long all = whole.priorities().get(priority.number()).hosts().stream()
                .filter(host -> host.endpoint().locality().equals(place.locality())).count();
        return (double) place.hosts().size() / all;
    }

    private Chooser shared(Priority priority, Part part, List<Place> places, List<Double> shares) {
        if (byHash) {
            return hashed(priority, part, places, shares);
        }
        Chooser[] choosers = places.stream().map(place -> place(priority, part, place)).toArray(Chooser[]::new);
        return choosers.length == 1
                ? choosers[0]
                : new PlacesByShare(choosers, shares.stream().mapToDouble(Double::doubleValue).toArray(), false);
    }

    /** A table has all hosts in it: the shares of localities become shares of their hosts, as in Envoy. */
    private Chooser hashed(Priority priority, Part part, List<Place> places, List<Double> shares) {
        List<Host> all = new ArrayList<>();
        List<Double> parts = new ArrayList<>();
        double greatest = 0;
        for (int i = 0; i < places.size(); i++) {
            List<Host> here = hosts(places.get(i), part);
            double sum = here.stream().mapToDouble(TierBuilder::weighs).sum();
            for (Host host : here) {
                double share = shares.get(i) * weighs(host) / sum;
                all.add(host);
                parts.add(share);
                greatest = Math.max(greatest, share);
            }
        }
        int[] weights = new int[all.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (int) Math.max(1, Math.round(parts.get(i) / greatest * (1 << 16)));
        }
        return choosers.of(new Choosers.Place(priority.number(), part, null), List.copyOf(all), weights, policy);
    }

    /** What a host weighs now: its announced weight, or less of it while it starts or is not trusted. */
    private static double weighs(Host host) {
        return host.endpoint().weight() * host.weightFactor();
    }

    private Chooser byLoad(LocalityRule.LoadAware rule, Priority priority, Part part, List<Host> some) {
        List<Place> all = Place.of(priority, locals.own()).stream().filter(place -> !hosts(place, part).isEmpty())
                .toList();
        Object scope = List.of(System.identityHashCode(choosers), priority.number(), part);
        double[] shares = loads.shares(rule, scope, all, all.stream().map(place -> hosts(place, part)).toList(),
                locals.own());
        List<Chooser> choosersHere = new ArrayList<>();
        List<Double> sharesHere = new ArrayList<>();
        for (int i = 0; i < shares.length; i++) {
            if (shares[i] > 0) {
                // a table is of one locality's hosts, as in Envoy: shares change too often to build one over all
                choosersHere.add(place(priority, part, all.get(i)));
                sharesHere.add(shares[i]);
            }
        }
        return switch (choosersHere.size()) {
            case 0 -> everywhere(priority, part, some);
            case 1 -> choosersHere.getFirst();
            default -> new PlacesByShare(choosersHere.toArray(Chooser[]::new),
                    sharesHere.stream().mapToDouble(Double::doubleValue).toArray(), byHash);
        };
    }

    private Chooser byZone(LocalityRule.ZoneAware rule, Priority priority, Part part, List<Host> some) {
        // only the first priority, as in Envoy: the others are not where traffic should be at all
        if (priority.number() > 0 || byHash) {
            return everywhere(priority, part, some);
        }
        List<Place> all = Place.of(priority, locals.own());
        stats.recalculateZoneStructures().increment();
        ZoneRouting routing = locals.panics()
                ? new ZoneRouting.Off(ZoneRouting.Why.LOCAL_CLUSTER_NOT_OK)
                : ZoneRouting.of(all, rule, locals);
        return switch (routing) {
            case ZoneRouting.Off off -> {
                switch (off.why()) {
                    case ONE_LOCALITY -> {
                        // nothing to choose
                    }
                    case LOCAL_CLUSTER_NOT_OK -> stats.localClusterNotOk().increment();
                    case CLUSTER_TOO_SMALL -> stats.zoneClusterTooSmall().increment();
                }
                yield everywhere(priority, part, some);
            }
            case ZoneRouting.Direct _ -> PlacesByZone.direct(zoned(priority, part, all), rest(rule, priority, part,
                    some), rule.routingPercent(), stats);
            case ZoneRouting.Residual residual -> new PlacesByZone(zoned(priority, part, all),
                    rest(rule, priority, part, some), residual, rule.routingPercent(), stats);
        };
    }

    /** For the traffic that is not routed by zones; where there is none, nothing is built. */
    private Chooser rest(LocalityRule.ZoneAware rule, Priority priority, Part part, List<Host> some) {
        return rule.routingPercent() < 100 ? everywhere(priority, part, some) : context -> null;
    }

    private Chooser[] zoned(Priority priority, Part part, List<Place> places) {
        return places.stream()
                .map(place -> hosts(place, part).isEmpty() ? nobody() : place(priority, part, place))
                .toArray(Chooser[]::new);
    }

    private static Chooser nobody() {
        return context -> null;
    }
}
