package io.weir.core.memory;

import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.OrcaReport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Reports that several workers hear at once: what is read is one of them, whole, and not one before the last. */
@Param(name = "told", gen = IntGen.class, conf = "1:9")
public class UtilizationLincheckTest {
    private final Utilization utilization = Utilization.of(
            new Host(Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))), List.of(), true);

    /** Each at a time of its own, so that a report with another's time would show. */
    @Operation
    public void loadReported(@Param(name = "told") int told) {
        utilization.loadReported(new OrcaReport(told, 0, 0, 0, 0, Map.of(), Map.of(), Map.of()), told * 10L);
    }

    @Operation
    public String within(@Param(name = "told") int since) {
        return String.valueOf(utilization.within(5, since * 10L));
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(6).invocationsPerIteration(80).threads(3).actorsPerThread(2)
                .check(UtilizationLincheckTest.class);
    }
}
