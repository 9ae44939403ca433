package io.weir.core.model;

import io.weir.core.rule.EjectionSpec;
import java.net.InetSocketAddress;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Workers report and the conductor ticks at once; the host's standing is as if one after the other had. */
@Param(name = "now", gen = IntGen.class, conf = "0:5")
public class HostLincheckTest {
    private static final EjectionSpec RULE = new EjectionSpec(2, 1, 4);
    private static final Endpoint ENDPOINT = Endpoint.of(InetSocketAddress.createUnresolved("h", 1));
    private final Host host = new Host(ENDPOINT);

    @Operation
    public boolean unreachable(@Param(name = "now") int now) {
        return host.unreachable(RULE, now);
    }

    @Operation
    public void reached() {
        host.reached();
    }

    @Operation
    public boolean tick(@Param(name = "now") int now) {
        return host.tick(RULE, now);
    }

    @Operation
    public boolean outlier() {
        return host.flag(HealthFlag.FAILED_OUTLIER_CHECK, true, "it fails", 1);
    }

    @Operation
    public boolean back() {
        return host.flag(HealthFlag.FAILED_OUTLIER_CHECK, false, "it is back", 2);
    }

    @Operation
    public boolean down() {
        return host.down();
    }

    @Operation
    public boolean ejected() {
        return host.ejected();
    }

    @Operation
    public int ejections() {
        return host.ejections();
    }

    @Operation
    public void requestStarted() {
        host.requestStarted();
    }

    @Operation
    public int requestsActive() {
        return host.requestsActive();
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(12).invocationsPerIteration(200).threads(3).actorsPerThread(3)
                .check(HostLincheckTest.class);
    }
}
