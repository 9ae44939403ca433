package io.weir.core.admit;

import java.nio.charset.StandardCharsets;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Whoever makes a key's bucket first, all take from the same one, and none gives more than it holds. */
@Param(name = "key", gen = IntGen.class, conf = "1:2")
public class KeyedBucketsLincheckTest {
    private final KeyedBuckets buckets = new KeyedBuckets(new TokenBucket.Rule(2, 1, 1_000), 10);

    @Operation
    public boolean take(@Param(name = "key") int key) {
        return buckets.of(key(key), 0).take(0);
    }

    static KeyedBuckets.Key key(int number) {
        byte[] bytes = Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
        var key = new KeyedBuckets.Key();
        key.add(bytes, 0, bytes.length);
        return key;
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(4).invocationsPerIteration(200).threads(3).actorsPerThread(2)
                .actorsBefore(0).actorsAfter(0).check(KeyedBucketsLincheckTest.class);
    }
}
