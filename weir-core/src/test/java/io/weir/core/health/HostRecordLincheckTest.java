package io.weir.core.health;

import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.rule.OutlierSpec;
import java.net.InetSocketAddress;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Workers report while the conductor takes: no attempt is lost and none is counted twice. */
public class HostRecordLincheckTest {
    private final HostRecord record = new HostRecord(
            new Host(Endpoint.of(InetSocketAddress.createUnresolved("h", 1))), OutlierSpec.DEFAULT, (_, _) -> {
            });

    @Operation
    public void success() {
        record.external.add(true);
    }

    @Operation
    public void failure() {
        record.external.add(false);
    }

    @Operation
    public long take() {
        return record.external.take();
    }

    @Operation
    public int signals() {
        return record.takeSignals();
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(6).invocationsPerIteration(200).threads(3).actorsPerThread(3)
                .check(HostRecordLincheckTest.class);
    }
}
