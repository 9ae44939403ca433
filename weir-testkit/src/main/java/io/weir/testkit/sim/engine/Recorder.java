package io.weir.testkit.sim.engine;

import io.weir.testkit.sim.engine.Result.Moment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes down what became of each request, and reads it at the end. One thread. */
final class Recorder {
    /** Slices of a run: enough for a picture. */
    static final int MOMENTS = 60;

    private final long warmupNanos;
    private final long sliceNanos;
    private final Slice[] slices = new Slice[MOMENTS];
    private final Latencies counted = new Latencies();
    private long errors;
    private long retries;

    Recorder(long durationNanos, long warmupNanos) {
        this.warmupNanos = warmupNanos;
        this.sliceNanos = Math.max(1, (durationNanos + MOMENTS - 1) / MOMENTS);
        Arrays.setAll(slices, i -> new Slice());
    }

    private static final class Latencies {
        private long[] nanos = new long[256];
        private int size;

        void add(long value) {
            if (size == nanos.length) {
                nanos = Arrays.copyOf(nanos, size * 2);
            }
            nanos[size++] = value;
        }

        Percentiles percentiles() {
            return Percentiles.of(Arrays.copyOf(nanos, size));
        }
    }

    private static final class Slice {
        private final Latencies latencies = new Latencies();
        private long errors;
        private double ejected;
    }

    long sliceNanos() {
        return sliceNanos;
    }

    /** Requests that come now are counted. */
    boolean counts(long beganNanos) {
        return beganNanos >= warmupNanos;
    }

    void ended(long beganNanos, long nowNanos, boolean failed) {
        long latency = failed ? Percentiles.NEVER_NANOS : nowNanos - beganNanos;
        Slice slice = slices[(int) Math.min(beganNanos / sliceNanos, MOMENTS - 1)];
        slice.latencies.add(latency);
        if (failed) {
            slice.errors++;
        }
        if (counts(beganNanos)) {
            counted.add(latency);
            if (failed) {
                errors++;
            }
        }
    }

    void retried(long beganNanos) {
        if (counts(beganNanos)) {
            retries++;
        }
    }

    void ejected(int moment, double hosts) {
        slices[moment].ejected = hosts;
    }

    Result result(String label, List<Server> servers, List<Client> clients) {
        List<Long> loads = new ArrayList<>(servers.size());
        List<Integer> most = new ArrayList<>(servers.size());
        for (Server server : servers) {
            loads.add(server.attempts());
            most.add(server.mostAtOnce());
        }
        List<Integer> talkers = servers.stream()
                .map(server -> (int) clients.stream().filter(client -> client.spoke(server.number())).count()).toList();
        List<Moment> moments = new ArrayList<>(MOMENTS);
        for (int i = 0; i < MOMENTS; i++) {
            Slice slice = slices[i];
            moments.add(new Moment(i * sliceNanos, slice.latencies.size, slice.errors, slice.latencies.percentiles(),
                    slice.ejected));
        }
        return new Result(label, counted.size, errors, retries, counted.percentiles(), loads, most,
                clients.stream().mapToLong(Client::ejections).sum(), talkers,
                clients.stream().map(Client::connections).toList(), moments);
    }
}
