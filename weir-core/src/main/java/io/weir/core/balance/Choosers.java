package io.weir.core.balance;

import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Host;
import io.weir.core.model.HostList;
import io.weir.core.model.Locality;
import io.weir.core.follow.Overlap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The choosers of a cluster from one view to the next: that of a group which stays as it was is used again, with its
 * turn and its table. The conductor's.
 */
final class Choosers {
    /** Which of a priority's hosts a chooser chooses from. */
    enum Part {
        HEALTHY, DEGRADED, ALL
    }

    /**
     * What a chooser is for.
     *
     * @param locality
     *            null: wherever they stand
     */
    record Place(int priority, Part part, @Nullable Locality locality) {
        /** Written out, since every start needs it and making the record's own takes 5 ms of it. */
        @Override
        public int hashCode() {
            return (locality == null ? 0 : locality.hashCode()) * 31 + priority * 4 + part.ordinal();
        }
    }

    private record Kept(Group group, BalancePolicy policy, Chooser chooser) {
        boolean serves(Group other, BalancePolicy another) {
            return policy.equals(another) && (group == other || group.same(other));
        }
    }

    /**
     * The chooser of the same place and policy in the last view: what it is made of may serve again.
     *
     * @param overlap
     *            where its hosts are those of now, unchanged
     */
    record Former(Chooser chooser, Overlap overlap) {
        /** It, where it is of this kind. */
        static <C extends Chooser> @Nullable C as(Class<C> kind, @Nullable Former former) {
            return former != null && kind.isInstance(former.chooser) ? kind.cast(former.chooser) : null;
        }

        static @Nullable Overlap overlapOf(@Nullable Former former) {
            return former == null ? null : former.overlap;
        }
    }

    /** Makes what is not there yet. */
    interface Maker {
        /**
         * A chooser.
         *
         * @param former
         *            null: there is none
         */
        Chooser make(Group group, BalancePolicy policy, long seed, @Nullable Former former);
    }

    private final Maker maker;
    private Map<Place, Kept> former = new HashMap<>();
    private Map<Place, Kept> present = new HashMap<>();
    private long seed;
    private @Nullable List<Host> touched;

    Choosers(Maker maker) {
        this.maker = maker;
    }

    /**
     * A new view begins; what it does not ask for is forgotten.
     *
     * @param hosts
     *            that have changed since the last view; null: any may have
     */
    void begin(long itsSeed, @Nullable List<Host> hosts) {
        former = present;
        present = new HashMap<>();
        seed = itsSeed;
        touched = hosts;
    }

    /** What was told of hosts has changed in ways that only choosers see, such as their names: none is used again. */
    void forget() {
        former = new HashMap<>();
        present = new HashMap<>();
        touched = null;
    }

    Chooser of(Place place, List<Host> hosts, BalancePolicy policy) {
        Kept known = former.get(place);
        List<Host> few = touched;
        if (known != null && few != null && known.policy.equals(policy)) {
            HostList now = HostList.copyOf(hosts);
            Overlap overlap = Overlap.of(known.group.hosts(), now, few);
            Group group = known.group.after(now, overlap);
            if (group != null) {
                return of(place, group, policy, new Former(known.chooser, overlap));
            }
        }
        return of(place, Group.of(hosts, panicking(place)), policy, null);
    }

    /** With weights that are not the hosts' own. */
    Chooser of(Place place, List<Host> hosts, int[] weights, BalancePolicy policy) {
        return of(place, new Group(hosts, weights, panicking(place)), policy, null);
    }

    private Chooser of(Place place, Group group, BalancePolicy policy, @Nullable Former last) {
        Kept known = former.get(place);
        if (known == null || !known.serves(group, policy)) {
            known = new Kept(group, policy, maker.make(group, policy, seed + present.size(), last));
        }
        present.put(place, known);
        return known.chooser;
    }

    private static boolean panicking(Place place) {
        return place.part() == Part.ALL;
    }
}
