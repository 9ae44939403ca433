package io.weir.core.cluster;

import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** A host that a worker has just picked is one of the cluster's, also while the conductor forgets what is not used. */
@Param(name = "port", gen = IntGen.class, conf = "1:2")
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

    @Operation
    public boolean pickedIsAMember(@Param(name = "port") int port) {
        Pick pick = destinations.pick(new Going(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        return pick instanceof Pick.Chosen chosen && destinations.has(chosen.host());
    }

    /** Once beside the picks: a second look finds what was picked before the first, and not since, unused. */
    @Operation(nonParallelGroup = "conductor")
    public void tick() {
        destinations.hosts();
        destinations.tick(1, ++nowNanos);
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(20).invocationsPerIteration(200).threads(3).actorsPerThread(1)
                .actorsBefore(4).actorsAfter(1).check(DestinationsLincheckTest.class);
    }
}
