package io.weir.testkit.sim.engine;

import io.weir.core.cluster.Cluster;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckTarget;
import io.weir.core.health.Prober;
import io.weir.core.health.Surroundings;
import java.util.random.RandomGenerator;

/**
 * What surrounds a cluster of the simulation: it is ticked by the clock alone, woken when checks are due, and its
 * checks travel to the simulated servers and back.
 *
 * @param zone
 *            of the client, from where checks set out
 */
record Nearby(World world, String zone, Cluster cluster) implements Prober {
    Surroundings surroundings(RandomGenerator dice) {
        return new Surroundings(dice, () -> {
        }, this::wakeIn, _ -> {
        }, this, _ -> {
        });
    }

    /** A run is over when nothing is to come any more: checks end with the requests. */
    private void wakeIn(long nanos) {
        if (world.nowNanos() + nanos < world.scenario().durationNanos()) {
            world.timeline().after(nanos, () -> cluster.check(world.nowNanos()));
        }
    }

    @Override
    public Probe probe(CheckTarget target) {
        Server server = world.server(target.host());
        long travelNanos = world.scenario().network().nanos(zone, server.kind().zone());
        return new SimulatedProbe(server, travelNanos, target.spec().timing().timeoutNanos());
    }

    private final class SimulatedProbe implements Probe {
        private final Server server;
        private final long travelNanos;
        private final long timeoutNanos;
        private boolean closed;

        SimulatedProbe(Server server, long travelNanos, long timeoutNanos) {
            this.server = server;
            this.travelNanos = travelNanos;
            this.timeoutNanos = timeoutNanos;
        }

        @Override
        public void begin(Answer answer) {
            world.timeline().after(travelNanos, () -> {
                switch (server.wellness()) {
                    case WELL -> tell(answer, travelNanos, new CheckResult.Passed(false));
                    case FAILS -> tell(answer, travelNanos, Failed.of(Failure.RETRIABLE, "it answered with an error"));
                    case REFUSES -> tell(answer, travelNanos, Failed.of(Failure.NETWORK, "it refused"));
                    case SILENT -> tell(answer, timeoutNanos, Failed.of(Failure.NETWORK_TIMEOUT, "it was silent"));
                }
            });
        }

        private void tell(Answer answer, long afterNanos, CheckResult result) {
            world.timeline().after(afterNanos, () -> {
                if (!closed) {
                    answer.ended(result, world.nowNanos());
                }
            });
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
