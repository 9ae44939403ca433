package io.weir.testkit.sim.fleet;

/**
 * How a client treats one request.
 *
 * @param timeoutNanos
 *            for the whole request with its retries
 * @param retriesMax
 *            attempts after the first
 * @param onServerError
 *            an answer of 500 or more is tried again too, and not only what no host had in hand
 * @param backOffNanos
 *            the pause before the first retry is random between 0 and this, before each further one up to twice as
 *            long, up to ten times this
 */
public record Calls(long timeoutNanos, int retriesMax, boolean onServerError, long backOffNanos) {
    /** Weir's defaults: 15 s, and two retries of what broke off. */
    public static final Calls DEFAULT = new Calls(15_000_000_000L, 2, false, 25_000_000L);
}
