package io.weir.core.admit;

import io.weir.core.admit.AdmissionControl.Rule;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Seconds begin in several threads at once, of which some are slow; the window is of two. */
public class AdmissionControlLincheckTest {
    private static final long SECOND = 1_000_000_000;

    private final AdmissionControl control = new AdmissionControl(new Rule(2, 1, 95, 0, 80), 0);
    private final AtomicInteger ended = new AtomicInteger();

    /** Begins the first second, perhaps long after others have begun later ones. */
    @Operation
    public boolean asks() {
        return control.admits(-1, SECOND);
    }

    @Operation
    public void ends() {
        control.ended(true, 3 * SECOND);
        ended.incrementAndGet();
    }

    @Validate
    public void whatEndedInTheThirdSecondCountsInTheFourth() {
        if (control.counted(4 * SECOND) != ended.get()) {
            throw new IllegalStateException(control.counted(4 * SECOND) + " of " + ended.get());
        }
    }

    @Test
    void noSecondIsForgotten() {
        new ModelCheckingOptions().iterations(5).invocationsPerIteration(200).threads(2).actorsPerThread(2)
                .actorsBefore(0).actorsAfter(0)
                .check(AdmissionControlLincheckTest.class);
    }
}
