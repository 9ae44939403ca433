package io.weir.stream.tcp;

import io.weir.core.time.ExponentialBackOff;

/**
 * How often and when hosts are tried for one connection. Immutable. Source: Envoy's {@code max_connect_attempts} and
 * {@code backoff_options}.
 *
 * @param max
 *            hosts to try before the client is turned away, at least 1
 * @param backOff
 *            the pause after a host that could not be connected to is random between 0 and this
 */
public record Tries(int max, ExponentialBackOff backOff) {
    /** One host. */
    public static final Tries ONCE = new Tries(1, ExponentialBackOff.NONE);

    public Tries {
        if (max < 1) {
            throw new IllegalArgumentException(max + " tries");
        }
    }

    /** The same, so many. */
    Tries times(int other) {
        return new Tries(other, backOff);
    }
}
