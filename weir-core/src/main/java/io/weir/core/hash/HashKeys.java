package io.weir.core.hash;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys whose hashes together are a request's, in order. Made when the configuration is read, and its own hash computed
 * once, so that what is made of the keys is found by them at no cost. Immutable; any thread.
 */
public final class HashKeys {
    /** No key: requests have no hash. */
    public static final HashKeys NONE = new HashKeys(List.of());

    /**
     * One of them.
     *
     * @param terminal
     *            where there is a hash by now, the keys behind this one do not count
     */
    public record Rule(HashKey key, boolean terminal) {
    }

    private final List<Rule> rules;
    private final int hash;

    private HashKeys(List<Rule> rules) {
        this.rules = List.copyOf(rules);
        this.hash = rules.hashCode();
    }

    /** These keys. */
    public static HashKeys of(List<Rule> rules) {
        return rules.isEmpty() ? NONE : new HashKeys(rules);
    }

    /** One key alone. */
    public static HashKeys of(HashKey key) {
        return new HashKeys(List.of(new Rule(key, false)));
    }

    /** The keys in order. */
    public List<Rule> rules() {
        return rules;
    }

    /** Requests have no hash. */
    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /**
     * A hash and another key's, as Envoy puts them together: the bits of the first are turned by one, so that the same
     * key twice does not come to nothing.
     */
    public static long joined(long hash, long next) {
        return Long.rotateLeft(hash, 1) ^ next;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof HashKeys keys && hash == keys.hash && rules.equals(keys.rules);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return rules.toString();
    }
}
