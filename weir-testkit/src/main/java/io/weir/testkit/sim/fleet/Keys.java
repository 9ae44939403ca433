package io.weir.testkit.sim.fleet;

/**
 * What requests are about: the key that consistent hashing goes by.
 *
 * @param count
 *            different keys; 0: requests have none
 * @param skew
 *            key number n is asked for in proportion to 1 / n ^ skew (Zipf's law); 0: all alike
 */
public record Keys(int count, double skew) {
    /** Requests have no key. */
    public static final Keys NONE = new Keys(0, 0);
}
