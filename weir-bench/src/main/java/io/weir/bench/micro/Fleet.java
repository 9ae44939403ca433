package io.weir.bench.micro;

import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.OrcaReport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Hosts as they are in the middle of their work: some have more in flight than others, all have answered. */
final class Fleet {
    private static final long SEED = 7;
    private static final int IN_FLIGHT_MAX = 8;
    private static final long LATENCY_NANOS = 1_000_000;
    private static final int LATENCIES = 17;

    private Fleet() {}

    static Endpoint endpoint(int number) {
        try {
            InetAddress address = InetAddress.getByAddress(
                    new byte[]{10, (byte) (number >> 16), (byte) (number >> 8), (byte) number});
            return Endpoint.of(new InetSocketAddress(address, 80));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Host> hosts(List<Endpoint> endpoints) {
        List<Host> all = new ArrayList<>();
        for (Endpoint endpoint : endpoints) {
            all.add(new Host(endpoint));
        }
        return all;
    }

    /** Each tells how loaded it is, where its policy wants to know. */
    static void report(List<Host> hosts) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (Host host : hosts) {
            host.balanceTracker().loadReported(load(random), 0);
        }
    }

    private static OrcaReport load(SplittableRandom random) {
        return new OrcaReport(0.5, 0, 0, 100 + random.nextInt(900), 0, Map.of(), Map.of(), Map.of());
    }

    /** To be called when a policy has said how it remembers hosts. */
    static void work(List<Host> hosts) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (Host host : hosts) {
            int inFlight = random.nextInt(IN_FLIGHT_MAX);
            long latency = LATENCY_NANOS * (1 + random.nextInt(LATENCIES));
            for (int n = 1; n <= inFlight + 1; n++) {
                host.balanceTracker().answered(200, latency * n, n, 0);
            }
            for (int n = 0; n < inFlight; n++) {
                host.requestStarted();
            }
            host.balanceTracker().loadReported(load(random), 0);
            host.balanceTracker().refresh(1);
        }
    }
}
