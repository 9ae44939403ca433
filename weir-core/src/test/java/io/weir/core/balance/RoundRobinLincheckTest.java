package io.weir.core.balance;

import io.weir.core.model.Host;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Concurrent picks are some sequence of turns: none is taken twice, none is lost. */
public class RoundRobinLincheckTest {
    private final List<Host> hosts = Asked.hosts(1, 2, 1);
    private final Chooser chooser = new RoundRobin(new Group(hosts), 0);
    private final Asked asked = new Asked(1);

    @Operation
    public int pick() {
        Pick.Chosen chosen = chooser.choose(asked);
        return chosen == null ? -1 : hosts.indexOf(chosen.host());
    }

    @Test
    void picksAreLinearizable() {
        new ModelCheckingOptions().iterations(8).invocationsPerIteration(250).threads(3).actorsPerThread(2)
                .check(RoundRobinLincheckTest.class);
    }
}
