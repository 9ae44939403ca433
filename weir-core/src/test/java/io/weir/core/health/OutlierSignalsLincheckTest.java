package io.weir.core.health;

import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.rule.OutlierSpec;
import io.weir.core.rule.OutlierSpec.Consecutive;
import io.weir.core.stats.Stats;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** A run of failures that several workers see together is never overlooked, whenever the conductor comes by. */
public class OutlierSignalsLincheckTest {
    private static final int RUN = 2;

    private final Host host = new Host(Endpoint.of(InetSocketAddress.createUnresolved("h", 1)));
    private final AtomicInteger failed = new AtomicInteger();
    private boolean shorter;
    private final OutlierDetector detector = new OutlierDetector(rules(RUN + 2), "web", Surroundings.quiet(),
            new Stats().root(), 0);

    private static OutlierSpec rules(int run) {
        return OutlierSpec.DEFAULT.withEjection(new OutlierSpec.Ejection(100, 100, 0, 100, true))
                .withConsecutive(new Consecutive(run, 100), new Consecutive(5, 0), new Consecutive(5, 0), false);
    }

    @Operation
    public void fails() {
        if (host.healthTracker() instanceof HostRecord record) {
            record.answered(500, 1, 1);
            failed.incrementAndGet();
        }
    }

    /** The host is looked after from here on, and stays when it is told of again. */
    @Operation(nonParallelGroup = "conductor")
    public void hosts() {
        detector.hosts(List.of(host));
    }

    /** Fewer failures are enough from here on. */
    @Operation(nonParallelGroup = "conductor")
    public void rules() {
        shorter = true;
        detector.rules(rules(RUN), 1);
    }

    @Operation(nonParallelGroup = "conductor")
    public void tick() {
        detector.tick(1);
    }

    @Validate
    public void whoHasFailedThatOftenIsOut() {
        detector.tick(1);
        if (host.is(HealthFlag.FAILED_OUTLIER_CHECK) != failed.get() >= (shorter ? RUN : RUN + 2)) {
            throw new IllegalStateException(failed.get() + " failures, and: " + host.healthReason());
        }
    }

    @Test
    void noRunIsOverlooked() {
        new ModelCheckingOptions().iterations(4).invocationsPerIteration(100).threads(3).actorsPerThread(2)
                .check(OutlierSignalsLincheckTest.class);
    }
}
