package io.weir.core.balance;

import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Host;
import io.weir.core.model.Locality;
import java.util.Arrays;
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

    private static final class Kept {
        private final List<Host> hosts;
        private final int[] weights;
        private final BalancePolicy policy;
        private final Chooser chooser;

        Kept(List<Host> hosts, int[] weights, BalancePolicy policy, Chooser chooser) {
            this.hosts = hosts;
            this.weights = weights;
            this.policy = policy;
            this.chooser = chooser;
        }

        boolean serves(List<Host> others, int[] theirWeights, BalancePolicy another) {
            return policy.equals(another) && Arrays.equals(weights, theirWeights) && hosts.equals(others);
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

    Choosers(Maker maker) {
        this.maker = maker;
    }

    /** A new view begins; what it does not ask for is forgotten. */
    void begin(long itsSeed) {
        former = present;
        present = new HashMap<>();
        seed = itsSeed;
    }

    /** What was told of hosts has changed in ways that only choosers see, such as their names: none is used again. */
    void forget() {
        former = new HashMap<>();
        present = new HashMap<>();
    }

    Chooser of(Place place, List<Host> hosts, BalancePolicy policy) {
        return of(place, hosts, Group.weights(hosts), policy);
    }

    Chooser of(Place place, List<Host> hosts, int[] weights, BalancePolicy policy) {
        Kept known = former.get(place);
        if (known == null || !known.serves(hosts, weights, policy)) {
            Group group = new Group(hosts, weights, place.part() == Part.ALL);
            known = new Kept(hosts, weights, policy, maker.make(group, policy, seed + present.size()));
        }
        present.put(place, known);
        return known.chooser;
    }
}
