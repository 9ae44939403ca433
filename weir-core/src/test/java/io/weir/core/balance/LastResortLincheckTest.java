package io.weir.core.balance;

import io.weir.core.model.Host;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Whoever looks for the last hosts first, nobody who comes meanwhile is told that there are none. */
public class LastResortLincheckTest {
    private final TierPicker.LastResort last;

    /** There is a host. */
    public LastResortLincheckTest() {
        List<Host> hosts = Asked.hosts(1);
        last = new TierPicker.LastResort(() -> hosts);
    }

    @Operation
    public boolean some() {
        return last.group() != null;
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(2).invocationsPerIteration(200).threads(2).actorsPerThread(2)
                .actorsBefore(0).actorsAfter(0).check(LastResortLincheckTest.class);
    }
}
