package io.weir.core.admit;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * However many make buckets at once, when they are done no more are kept than the bound but for those that one of them
 * could not let go because others were looking at them: the next key lets those go too.
 */
@Param(name = "key", gen = IntGen.class, conf = "1:5")
public class KeyedBucketsBoundLincheckTest {
    private static final int BOUND = 2;

    private final KeyedBuckets buckets = new KeyedBuckets(new TokenBucket.Rule(2, 1, 1_000), BOUND);

    @Operation
    public void ask(@Param(name = "key") int key) {
        buckets.of(KeyedBucketsLincheckTest.key(key), 0).take(0);
    }

    @Validate
    public void theBoundHolds() {
        // two keys that nobody has asked for, one after the other
        ask(8);
        ask(9);
        if (buckets.size() != BOUND) {
            throw new IllegalStateException("not the bound: " + buckets.size());
        }
    }

    @Test
    void theBoundHoldsWhateverTheOrder() {
        new ModelCheckingOptions().iterations(4).invocationsPerIteration(200).threads(3).actorsPerThread(2)
                .actorsBefore(1).actorsAfter(0).check(KeyedBucketsBoundLincheckTest.class);
    }
}
