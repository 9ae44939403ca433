package io.weir.core.model;

import java.util.List;

/**
 * Who may be picked at all: how priorities and localities share the traffic by their hosts' health. Immutable; any
 * thread. Percentages are whole, as in Envoy.
 *
 * @param overprovisioningPercent
 *            how much more than its fair share of traffic a healthy host can carry: 140 says that a priority, or a
 *            locality, of which 100 / 140 of the hosts are healthy still carries everything; at least 1
 * @param healthByWeight
 *            a priority's health goes by its hosts' weights, not by their number: {@code weighted_priority_health}
 * @param panicPercent
 *            with less than this part of a priority's hosts available, health is not believed and all of them are used;
 *            0: never
 * @param failOnPanic
 *            in panic requests are refused instead: {@code fail_traffic_on_panic}
 * @param drops
 *            what is refused to lower the load, each with dice of its own: {@code drop_overloads}
 */
public record Tiers(int overprovisioningPercent, boolean healthByWeight, int panicPercent, boolean failOnPanic,
        LocalityRule locality, List<Drop> drops) {
    /** Envoy's defaults: 140, by number, 50, all hosts in panic, localities ignored, nothing dropped. */
    public static final Tiers DEFAULT = new Tiers(140, false, 50, false, new LocalityRule.Ignored(), List.of());

    /**
     * A part of all requests that is refused.
     *
     * @param category
     *            why, in the words of who configured it
     * @param perMillion
     *            how many of a million, 0 to 1,000,000
     */
    public record Drop(String category, int perMillion) {
        /** What {@link #perMillion} is a part of. */
        public static final int WHOLE = 1_000_000;

        public Drop {
            if (perMillion < 0 || perMillion > WHOLE) {
                throw new IllegalArgumentException("not a part of a million: " + perMillion);
            }
        }
    }

    public Tiers {
        drops = List.copyOf(drops);
        if (overprovisioningPercent < 1 || panicPercent < 0 || panicPercent > 100) {
            throw new IllegalArgumentException("not rules of tiers: overprovisioning " + overprovisioningPercent
                    + ", panic " + panicPercent);
        }
    }

    /** The same with another rule of localities. */
    public Tiers withLocality(LocalityRule other) {
        return new Tiers(overprovisioningPercent, healthByWeight, panicPercent, failOnPanic, other, drops);
    }

    /** The same with another threshold of panic, and what panic does. */
    public Tiers withPanic(int percent, boolean fail) {
        return new Tiers(overprovisioningPercent, healthByWeight, percent, fail, locality, drops);
    }

    /** The same with other drops. */
    public Tiers withDrops(List<Drop> other) {
        return new Tiers(overprovisioningPercent, healthByWeight, panicPercent, failOnPanic, locality, other);
    }
}
