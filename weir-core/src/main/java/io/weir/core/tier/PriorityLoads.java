package io.weir.core.tier;

import java.util.Arrays;
import java.util.List;

/**
 * How the traffic of a cluster is shared by its priorities, in percent that add up to 100. A priority gets as much as
 * its health allows, in order; what the healthy hosts of all cannot carry, degraded ones carry; when health is too low
 * to be believed, a priority uses all its hosts. Source: Envoy's architecture overview, "Priority levels", "Degraded
 * endpoints" and "Panic threshold". Immutable; any thread.
 */
public final class PriorityLoads {
    private static final int WHOLE = 100;

    /**
     * One priority in numbers.
     *
     * @param hosts
     *            all of them
     * @param counted
     *            what counts as all of it: the number of its hosts, or their weight, without the excluded
     * @param healthy
     *            as much of that is healthy
     * @param degraded
     *            as much of that is degraded
     * @param overprovisioningPercent
     *            as in {@code Tiers}
     * @param availablePercent
     *            which part of its hosts, by number, is healthy or degraded
     */
    public record Standing(int hosts, long counted, long healthy, long degraded, int overprovisioningPercent,
            double availablePercent) {
        /** A priority whose hosts count by number, none of them excluded. */
        public static Standing of(int hosts, int healthy, int degraded) {
            return new Standing(hosts, hosts, healthy, degraded, 140,
                    hosts == 0 ? 0 : 100.0 * (healthy + degraded) / hosts);
        }

        private int percent(long part) {
            return counted == 0 ? 0 : (int) Math.min(WHOLE, overprovisioningPercent * part / counted);
        }

        /** Health, but so much at least where one host is healthy. */
        private int health(int least) {
            return healthy == 0 ? 0 : Math.max(least, health());
        }

        private int degradation(int least) {
            return degraded == 0 ? 0 : Math.max(least, degradation());
        }

        /** How much healthy hosts can carry of what the priority was made for, at most 100. */
        public int health() {
            return percent(healthy);
        }

        /** How much degraded hosts can carry, at most 100. */
        public int degradation() {
            return percent(degraded);
        }
    }

    private final int[] healthy;
    private final int[] degraded;
    private final boolean[] panics;

    private PriorityLoads(int count) {
        healthy = new int[count];
        degraded = new int[count];
        panics = new boolean[count];
    }

    /**
     * The shares of these priorities, the first the best; there must be one.
     *
     * @param panicPercent
     *            a priority with less of its hosts available panics, unless all priorities together suffice; 0: none
     */
    public static PriorityLoads of(List<Standing> standings, int panicPercent) {
        int count = standings.size();
        int total = 0;
        for (Standing standing : standings) {
            total += standing.health() + standing.degradation();
        }
        total = Math.min(WHOLE, total);
        PriorityLoads loads = new PriorityLoads(count);
        boolean some = loads.distribute(standings, total > 0 ? 0 : 1);
        boolean all = true;
        for (int i = 0; i < count; i++) {
            loads.panics[i] = total < WHOLE && standings.get(i).availablePercent() < panicPercent;
            all &= loads.panics[i];
        }
        if (all) {
            loads.byHosts(standings);
        } else if (!some) {
            // nobody is available and panic is off: whoever is asked refuses
            loads.healthy[0] = WHOLE;
        }
        return loads;
    }

    /**
     * Shares by health; returns whether anybody has any.
     *
     * @param least
     *            what a priority's health is at least where it has one host that is available. 1 where all of them are
     *            rounded down to nothing, or the one that has such a host would not be found; else 0, as in Envoy
     */
    private boolean distribute(List<Standing> standings, int least) {
        int total = 0;
        for (Standing standing : standings) {
            total += standing.health(least) + standing.degradation(least);
        }
        if (total == 0) {
            return false;
        }
        total = Math.min(WHOLE, total);
        int left = WHOLE;
        for (int i = 0; i < healthy.length; i++) {
            healthy[i] = Math.min(left, standings.get(i).health(least) * WHOLE / total);
            left -= healthy[i];
        }
        for (int i = 0; i < degraded.length; i++) {
            degraded[i] = Math.min(left, standings.get(i).degradation(least) * WHOLE / total);
            left -= degraded[i];
        }
        // what rounding left over goes to the first that is available
        for (int i = 0; left > 0 && i < healthy.length; i++) {
            if (standings.get(i).health(least) > 0) {
                healthy[i] += left;
                left = 0;
            }
        }
        for (int i = 0; left > 0 && i < degraded.length; i++) {
            if (standings.get(i).degradation(least) > 0) {
                degraded[i] += left;
                left = 0;
            }
        }
        return true;
    }

    /** Everybody panics: priorities get traffic by how many hosts they have, well or not. */
    private void byHosts(List<Standing> standings) {
        long hosts = standings.stream().mapToLong(Standing::hosts).sum();
        Arrays.fill(degraded, 0);
        int first = 0;
        int left = WHOLE;
        for (int i = healthy.length - 1; i >= 0; i--) {
            int count = standings.get(i).hosts();
            healthy[i] = hosts == 0 ? 0 : (int) (WHOLE * (long) count / hosts);
            left -= healthy[i];
            first = count > 0 ? i : first;
        }
        healthy[first] += left;
    }

    /** Percent of the traffic for the healthy hosts of a priority; in panic for all its hosts. */
    public int healthy(int priority) {
        return healthy[priority];
    }

    /** Percent of the traffic for the degraded hosts of a priority. */
    public int degraded(int priority) {
        return degraded[priority];
    }

    /** Whether a priority uses all its hosts, well or not. */
    public boolean panics(int priority) {
        return panics[priority];
    }

    @Override
    public String toString() {
        return "healthy " + Arrays.toString(healthy) + ", degraded " + Arrays.toString(degraded) + ", panics "
                + Arrays.toString(panics);
    }
}
