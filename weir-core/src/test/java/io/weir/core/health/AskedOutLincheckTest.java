package io.weir.core.health;

import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.core.rule.HealthRules;
import io.weir.core.stats.Stats;
import java.net.InetSocketAddress;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Workers hear that a host wishes to be left alone while the conductor turns its checks on and off: a host that nobody
 * checks is never left out, as nothing would let it back, and one that is checked is out as long as no check succeeds.
 */
public class AskedOutLincheckTest {
    private static final HealthRules CHECKED = HealthRules.DEFAULT
            .withChecks(CheckSpec.of(() -> "TEST", CheckSpec.Timing.every(1_000, 1_000), 1, 1));

    private final Host host = new Host(Endpoint.of(InetSocketAddress.createUnresolved("h", 1)));
    private final HealthKeeper keeper = new HealthKeeper("web", new Stats().root(), () -> false);
    /** As a cluster's view has them for workers: at first they go by checks that the keeper has just given up. */
    private volatile HealthRules rules = CHECKED;
    /** By the keeper. The conductor's. */
    private boolean checked;

    @Operation
    public void askedOut() {
        keeper.askedOut(rules, host, 1);
    }

    @Operation(nonParallelGroup = "conductor")
    public void turnChecks() {
        checked = !checked;
        HealthRules next = checked ? CHECKED : HealthRules.DEFAULT;
        keeper.keep(next, List.of(host), _ -> true, 1);
        rules = next;
    }

    @Operation(nonParallelGroup = "conductor")
    public void tick() {
        keeper.tick(1);
    }

    @Validate
    public void onlyWhoIsCheckedIsLeftAlone() {
        keeper.tick(1);
        boolean out = host.is(HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL);
        if (out != host.is(HealthFlag.FAILED_ACTIVE_HC) || out && !checked) {
            throw new IllegalStateException("out without checks: " + host.healthReason());
        }
    }

    @Test
    void nobodyIsLeftOutForEver() {
        new ModelCheckingOptions().iterations(6).invocationsPerIteration(100).threads(2).actorsPerThread(2)
                .actorsBefore(1).actorsAfter(0).check(AskedOutLincheckTest.class);
    }
}
