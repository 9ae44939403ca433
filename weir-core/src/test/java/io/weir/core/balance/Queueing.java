package io.weir.core.balance;

import io.weir.core.model.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.function.ToIntFunction;

/**
 * Hosts that take time to answer, in simulated milliseconds: 500 requests arrive a second, each answered on its own.
 */
final class Queueing implements PickContext {
    private static final long MILLI = 1_000_000;
    private static final int ARRIVAL_MILLIS = 2;

    private record Busy(Host host, long began, long ends, int inFlight) {
    }

    private final List<Host> hosts;
    private final SplittableRandom random;
    private final PriorityQueue<Busy> busy = new PriorityQueue<>((a, b) -> Long.compare(a.ends, b.ends));
    private final List<Long> latencies = new ArrayList<>();
    private long now;

    Queueing(List<Host> hosts, long seed) {
        this.hosts = hosts;
        this.random = new SplittableRandom(seed);
    }

    List<Host> hosts() {
        return hosts;
    }

    /** Who got how many in so many seconds. */
    Tally run(Chooser chooser, int seconds, ToIntFunction<Host> serviceMillis) {
        Tally tally = new Tally();
        latencies.clear();
        long end = now + seconds * 1000L * MILLI;
        for (; now < end; now += ARRIVAL_MILLIS * MILLI) {
            while (!busy.isEmpty() && busy.peek().ends <= now) {
                Busy done = busy.remove();
                done.host.balanceTracker().answered(200, done.ends - done.began, done.inFlight, done.ends);
                done.host.requestEnded();
                latencies.add((done.ends - done.began) / MILLI);
            }
            Host host = Asked.host(chooser, this);
            tally.add(host, 1);
            int inFlight = host.requestStarted();
            busy.add(new Busy(host, now, now + serviceMillis.applyAsInt(host) * MILLI, inFlight));
        }
        return tally;
    }

    /** Below which this part of the answers of the last run came, in milliseconds. */
    long percentileMillis(double part) {
        List<Long> sorted = latencies.stream().sorted().toList();
        return sorted.get((int) (part * (sorted.size() - 1)));
    }

    @Override
    public long hash() {
        return 0;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public long nowNanos() {
        return now;
    }
}
