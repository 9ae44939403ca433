package io.weir.core.time;

/**
 * A source of monotonic time in nanoseconds, of arbitrary origin; only differences mean anything. Callers hand readings
 * to the core, simulations hand in their own. Implementations are safe from any thread.
 */
@FunctionalInterface
public interface NanoClock {
    /** The present moment, in nanoseconds since an arbitrary origin; may be negative, never goes back. */
    long nanos();
}
