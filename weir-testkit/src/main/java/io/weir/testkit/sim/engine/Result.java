package io.weir.testkit.sim.engine;

import java.util.List;

/**
 * What one contender came to on one scenario. Immutable. Counted are the requests that came after the warm-up.
 *
 * @param errors
 *            requests that were answered with 500 or more, or not at all
 * @param latency
 *            from a request's arrival at the client to its good answer; a failed request never has one
 * @param hostLoads
 *            attempts that each host got, in the order of the scenario
 * @param mostAtOnce
 *            the most requests that a host had in hand at once, over the whole run
 * @param ejections
 *            hosts left out for a while, added up over clients
 * @param hostConnections
 *            to how many clients each host was connected, as they sent anything to it
 * @param clientConnections
 *            to how many hosts each client was connected
 * @param moments
 *            the run in slices of equal length, from its beginning; the warm-up is among them
 */
public record Result(String label, long requests, long errors, long retries, Percentiles latency,
        List<Long> hostLoads, List<Integer> mostAtOnce, long ejections, List<Integer> hostConnections,
        List<Integer> clientConnections, List<Moment> moments) {
    public Result {
        hostLoads = List.copyOf(hostLoads);
        mostAtOnce = List.copyOf(mostAtOnce);
        hostConnections = List.copyOf(hostConnections);
        clientConnections = List.copyOf(clientConnections);
        moments = List.copyOf(moments);
    }

    /**
     * One slice of a run.
     *
     * @param fromNanos
     *            its beginning
     * @param latency
     *            of the requests that came in it
     * @param ejected
     *            hosts left out at its end, as the mean over clients
     */
    public record Moment(long fromNanos, long requests, long errors, Percentiles latency, double ejected) {
    }

    /** The most loaded host's attempts by those of the mean host; 0 when there were none. */
    public double maxOverMean() {
        return maxOverMean(hostLoads);
    }

    /** The greatest of some counts by their mean; 0 when all are 0. */
    public static double maxOverMean(List<Long> counts) {
        long all = counts.stream().mapToLong(Long::longValue).sum();
        long most = counts.stream().mapToLong(Long::longValue).max().orElse(0);
        return all == 0 ? 0 : (double) most * counts.size() / all;
    }

    /** Pairs of a client and a host that it sent anything to. */
    public long connections() {
        return clientConnections.stream().mapToLong(Integer::longValue).sum();
    }

    /** The most requests that any host had in hand at once. */
    public int mostAtOnceAnywhere() {
        return mostAtOnce.stream().mapToInt(Integer::intValue).max().orElse(0);
    }
}
