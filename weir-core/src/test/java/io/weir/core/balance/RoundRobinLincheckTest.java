package io.weir.core.balance;

import io.weir.core.model.Host;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Concurrent picks are some sequence of turns: none is taken twice, none is lost. */
public class RoundRobinLincheckTest {
    private static final List<Host> HOSTS = Asked.hosts(1, 2, 1);
    private static final Asked ASKED = new Asked(1);
    private static final Group GROUP = new Group(HOSTS);
    private final Chooser chooser = new RoundRobin(GROUP, 0);

    @Operation
    public int pick() {
        Pick.Chosen chosen = chooser.choose(ASKED);
        return chosen == null ? -1 : HOSTS.indexOf(chosen.host());
    }

    @Test
    void picksAreLinearizable() {
        new ModelCheckingOptions().iterations(6).invocationsPerIteration(150).threads(3).actorsPerThread(2)
                .check(RoundRobinLincheckTest.class);
    }
}
