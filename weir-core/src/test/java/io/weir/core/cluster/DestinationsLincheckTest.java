package io.weir.core.cluster;

import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** A host that a worker has just picked is one of the cluster's, also while the conductor forgets what is not used. */
public class DestinationsLincheckTest {
    private final Destinations destinations = new Destinations();
    private long nowNanos;

    private record Going(SocketAddress destination) implements PickContext {
        @Override
        public long hash() {
            return 0;
        }

        @Override
        public RandomGenerator random() {
            return new SplittableRandom(1);
        }

        @Override
        public long nowNanos() {
            return 0;
        }
    }

    /** A host is known, and nobody has gone there since the last look: the next one forgets it. */
    public DestinationsLincheckTest() {
        pickedIsAMember();
        destinations.hosts();
        tick();
    }

    @Operation
    public boolean pickedIsAMember() {
        Pick pick = destinations.pick(new Going(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)));
        return pick instanceof Pick.Chosen chosen && destinations.has(chosen.host());
    }

    /** Once beside the picks: a second look would forget what was picked before the first, and not since. */
    @Operation(nonParallelGroup = "conductor")
    public void tick() {
        destinations.tick(1, ++nowNanos);
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(4).invocationsPerIteration(3000).threads(2).actorsPerThread(1)
                .actorsBefore(0).actorsAfter(1).check(DestinationsLincheckTest.class);
    }
}
