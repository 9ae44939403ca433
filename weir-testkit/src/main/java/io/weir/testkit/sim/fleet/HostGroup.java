package io.weir.testkit.sim.fleet;

/**
 * Some hosts that are alike.
 *
 * @param count
 *            how many
 * @param slowness
 *            work takes so many times as long here, all the time; 1 is normal
 * @param concurrency
 *            requests that a host works on at once; more of them wait
 * @param cores
 *            requests that it works on at full speed at once; more of them share what there is. As large as
 *            {@code concurrency} where nothing is shared
 * @param queueMax
 *            requests that may wait; the next is answered 503 at once
 * @param zone
 *            where they stand; empty: nowhere in particular
 */
public record HostGroup(int count, ServiceTime service, double slowness, int concurrency, double cores, int queueMax,
        String zone, int weight, int priority) {
}
