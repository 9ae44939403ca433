package io.weir.net.check;

import io.weir.core.health.CheckTarget;
import io.weir.core.health.Prober;
import io.weir.core.model.ClusterSpec;
import io.weir.core.time.NanoClock;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Checks hosts over connections of the workers, which take turns; answers come on the conductor. */
public final class WireProber implements Prober {
    private final List<Worker> workers;
    private final Executor conductor;
    private final NanoClock clock;
    private final AtomicInteger turn = new AtomicInteger();

    /**
     * @param conductor
     *            where answers are told
     */
    public WireProber(Workers workers, Executor conductor, NanoClock clock) {
        this.workers = workers.all();
        this.conductor = conductor;
        this.clock = clock;
    }

    @Override
    public Probe probe(CheckTarget target) {
        ClusterSpec plain = ClusterSpec.of(target.cluster(), List.of());
        return probe(target, () -> plain);
    }

    /**
     * The same, over TLS where the host's cluster says so.
     *
     * @param cluster
     *            what it is told to be when a connection is made
     */
    public Probe probe(CheckTarget target, Supplier<ClusterSpec> cluster) {
        if (!(target.spec().protocol() instanceof Dialect dialect)) {
            throw new IllegalArgumentException("nobody speaks " + target.spec().protocol().label());
        }
        Worker worker = workers.get(Math.floorMod(turn.getAndIncrement(), workers.size()));
        CheckConnection connection = new CheckConnection(worker, cluster, target, dialect.dialogue(target));
        return new Probe() {
            @Override
            public void begin(Answer answer) {
                worker.loop().execute(() -> connection.begin(
                        result -> conductor.execute(() -> answer.ended(result, clock.nanos()))));
            }

            @Override
            public void close() {
                worker.loop().execute(connection::close);
            }
        };
    }
}
