package io.weir.core.hash;

/** From a hash to one of the keys that the table was made of. Immutable; any thread; allocates nothing. */
public interface HashTable {
    /**
     * The index of a key.
     *
     * @param hash
     *            any 64 bits
     * @param attempt
     *            0 for the key of this hash; 1, 2 ... for others, which may repeat, in the order in which Envoy tries
     *            them
     */
    int at(long hash, int attempt);

    /** How many entries each key has. */
    int[] entries();
}
