package io.weir.core.memory;

import io.weir.core.model.BalancePolicy.ClientSideWeightedRoundRobin;
import io.weir.core.model.OrcaReport;
import java.util.List;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/**
 * Reports that several workers hear while the conductor takes a weight over: what it takes is a report, whole, and the
 * last one that was heard before.
 */
@Param(name = "rps", gen = IntGen.class, conf = "1:9")
public class ReportedWeightLincheckTest {
    private static final ClientSideWeightedRoundRobin AT_ONCE = new ClientSideWeightedRoundRobin(0, 1000, 1, 1,
            List.of());
    private final ReportedWeight weight = new ReportedWeight(AT_ONCE);

    @Operation
    public void loadReported(@Param(name = "rps") int rps) {
        weight.loadReported(new OrcaReport(0.5, 0, 0, rps, 0, Map.of(), Map.of(), Map.of()), 10);
    }

    @Operation(nonParallelGroup = "conductor")
    public String refreshed() {
        return weight.refresh(10) + " " + weight.weight();
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(6).invocationsPerIteration(80).threads(3).actorsPerThread(2)
                .check(ReportedWeightLincheckTest.class);
    }
}
