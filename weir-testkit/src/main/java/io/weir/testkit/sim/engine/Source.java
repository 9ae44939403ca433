package io.weir.testkit.sim.engine;

import io.weir.testkit.sim.fleet.Arrivals;
import io.weir.testkit.sim.fleet.Keys;
import io.weir.testkit.sim.fleet.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Where requests come from. What a request is (its work, its key, the worker it comes to) is drawn here, in the order
 * of arrival, so that every contender meets the same requests.
 */
final class Source {
    private static final double SECOND_NANOS = 1e9;

    private final World world;
    private final Client[] clients;
    private final RandomGenerator times;
    private final RandomGenerator requests;
    private final RandomGenerator workers;
    private final double[] keyShares;

    Source(World world, Client[] clients, Dice dice) {
        this.world = world;
        this.clients = clients;
        this.times = dice.stream(Dice.Stream.ARRIVALS, 0);
        this.requests = dice.stream(Dice.Stream.REQUESTS, 0);
        this.workers = dice.stream(Dice.Stream.WORKERS, 0);
        this.keyShares = shares(world.scenario().keys());
    }

    void begin() {
        switch (world.scenario().arrivals()) {
            case Arrivals.Poisson poisson -> single(nextIn(poisson.perSecond()), poisson.perSecond(), true);
            case Arrivals.Steady steady -> single((long) (SECOND_NANOS / steady.perSecond()), steady.perSecond(),
                    false);
            case Arrivals.Bursts bursts -> burst(nextIn(bursts.perSecond() / bursts.size()), bursts);
            case Arrivals.Trace trace -> trace(trace, 0);
            case Arrivals.Closed closed -> {
                for (int user = 0; user < closed.users(); user++) {
                    think(closed);
                }
            }
        }
    }

    private void single(long nanos, double perSecond, boolean random) {
        at(nanos, () -> {
            request(() -> {
            });
            long pause = random ? nextIn(perSecond) : (long) (SECOND_NANOS / perSecond);
            single(world.nowNanos() + pause, perSecond, random);
        });
    }

    private void burst(long nanos, Arrivals.Bursts bursts) {
        at(nanos, () -> {
            for (int i = 0; i < bursts.size(); i++) {
                request(() -> {
                });
            }
            burst(world.nowNanos() + nextIn(bursts.perSecond() / bursts.size()), bursts);
        });
    }

    private void trace(Arrivals.Trace trace, long from) {
        List<Long> moments = trace.atNanos();
        for (long moment : moments) {
            at(from + moment, () -> request(() -> {
            }));
        }
        if (trace.everyNanos() > 0) {
            at(from + trace.everyNanos(), () -> trace(trace, from + trace.everyNanos()));
        }
    }

    private void think(Arrivals.Closed closed) {
        at(world.nowNanos() + closed.think().nanos(times), () -> request(() -> think(closed)));
    }

    /** Then, if requests still come then. */
    private void at(long nanos, Runnable event) {
        if (nanos < world.scenario().durationNanos()) {
            world.timeline().at(nanos, event);
        }
    }

    private long nextIn(double perSecond) {
        return (long) (-StrictMath.log(1 - times.nextDouble()) * SECOND_NANOS / perSecond);
    }

    private void request(Runnable whenOver) {
        Client client = clients[clients.length == 1 ? 0 : workers.nextInt(clients.length)];
        long luck = requests.nextLong();
        long key = keyShares.length == 0 ? luck : Dice.mixed(key(requests.nextDouble()));
        new Call(world, client.worker(workers), key, luck, whenOver).begin();
    }

    private long key(double share) {
        int at = Arrays.binarySearch(keyShares, share);
        return 1L + Math.min(at < 0 ? -at - 1 : at, keyShares.length - 1);
    }

    /** What share of the requests is about one of the first 1, 2, 3 ... keys. */
    private static double[] shares(Keys keys) {
        double[] shares = new double[keys.count()];
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            sum += StrictMath.pow(i + 1, -keys.skew());
            shares[i] = sum;
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= sum;
        }
        return shares;
    }
}
