package io.weir.core.admit;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** The bucket gives, to several threads, what it would give to one. */
@Param(name = "now", gen = IntGen.class, conf = "0:6")
public class TokenBucketLincheckTest {
    private final TokenBucket bucket = new TokenBucket(new TokenBucket.Rule(2, 1, 2), 0);

    @Operation
    public boolean take(@Param(name = "now") int now) {
        return bucket.take(now);
    }

    @Operation
    public long takeUpTo(@Param(gen = IntGen.class, conf = "1:3") int most, @Param(name = "now") int now) {
        return bucket.takeUpTo(most, now);
    }

    @Operation
    public long reserve(@Param(gen = IntGen.class, conf = "1:3") int tokens, @Param(name = "now") int now) {
        return bucket.reserve(tokens, now);
    }

    @Operation
    public void giveBack(@Param(gen = IntGen.class, conf = "1:3") int tokens) {
        bucket.giveBack(tokens);
    }

    @Operation
    public long tokens(@Param(name = "now") int now) {
        return bucket.tokens(now);
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(10).invocationsPerIteration(300).threads(3).actorsPerThread(3)
                .check(TokenBucketLincheckTest.class);
    }
}
