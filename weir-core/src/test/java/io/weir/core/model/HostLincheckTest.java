package io.weir.core.model;

import io.weir.core.rule.EjectionSpec;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.Set;
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
    public boolean askedOut() {
        return host.flags(EnumSet.of(HealthFlag.FAILED_ACTIVE_HC, HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL),
                Set.of(HealthFlag.DEGRADED_ACTIVE_HC), "it asked to be left alone", 3);
    }

    @Operation
    public boolean checkSucceeded() {
        return host.flags(EnumSet.of(HealthFlag.DEGRADED_ACTIVE_HC), EnumSet.of(HealthFlag.FAILED_ACTIVE_HC,
                HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL), "a check succeeded", 4);
    }

    @Operation
    public String reason() {
        return host.healthReason();
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
