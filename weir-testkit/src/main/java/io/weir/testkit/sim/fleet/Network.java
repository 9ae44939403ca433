package io.weir.testkit.sim.fleet;

import java.util.Map;

/**
 * How long a message travels one way.
 *
 * @param insideNanos
 *            within a zone
 * @param acrossNanos
 *            from one zone to another that {@code pairs} does not name
 * @param pairs
 *            in both directions
 */
public record Network(long insideNanos, long acrossNanos, Map<Pair, Long> pairs) {
    public Network {
        pairs = Map.copyOf(pairs);
    }

    /** Two zones. */
    public record Pair(String one, String other) {
    }

    /** One way from here to there. */
    public long nanos(String here, String there) {
        if (here.equals(there)) {
            return insideNanos;
        }
        Long known = pairs.get(new Pair(here, there));
        if (known == null) {
            known = pairs.get(new Pair(there, here));
        }
        return known == null ? acrossNanos : known;
    }
}
