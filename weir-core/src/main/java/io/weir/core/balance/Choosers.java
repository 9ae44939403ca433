package io.weir.core.balance;

import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Host;
import io.weir.core.model.Locality;
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

    /** Makes what is not there yet. */
    interface Maker {
        Chooser make(Group group, BalancePolicy policy, long seed);
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
        Group group = known == null || few == null ? null : known.group.after(hosts, few);
        return of(place, group != null ? group : Group.of(hosts, panicking(place)), policy);
    }

    /** With weights that are not the hosts' own. */
    Chooser of(Place place, List<Host> hosts, int[] weights, BalancePolicy policy) {
        return of(place, new Group(hosts, weights, panicking(place)), policy);
    }

    private Chooser of(Place place, Group group, BalancePolicy policy) {
        Kept known = former.get(place);
        if (known == null || !known.serves(group, policy)) {
            known = new Kept(group, policy, maker.make(group, policy, seed + present.size()));
        }
        present.put(place, known);
        return known.chooser;
    }

    private static boolean panicking(Place place) {
        return place.part() == Part.ALL;
    }
}
