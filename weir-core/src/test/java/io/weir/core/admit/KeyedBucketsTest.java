package io.weir.core.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeyedBucketsTest {
    private static final long SECOND = 1_000_000_000;
    private static final TokenBucket.Rule TWO_AN_HOUR = new TokenBucket.Rule(2, 2, 3600 * SECOND);

    private static KeyedBuckets.Key key(String... spans) {
        var key = new KeyedBuckets.Key();
        for (String span : spans) {
            byte[] bytes = ("<" + span + ">").getBytes(StandardCharsets.UTF_8);
            key.add(bytes, 1, bytes.length - 1);
        }
        return key;
    }

    @Test
    void eachKeyHasItsBucket() {
        var buckets = new KeyedBuckets(TWO_AN_HOUR, 10);
        assertThat(buckets.of(key("a"), 0).take(0)).isTrue();
        assertThat(buckets.of(key("a"), 0).take(0)).isTrue();
        assertThat(buckets.of(key("a"), 0).take(0)).isFalse();
        assertThat(buckets.of(key("b"), 0).take(0)).isTrue();
        assertThat(buckets.size()).isEqualTo(2);
    }

    @Test
    void keysOfOtherSpansAreOthers() {
        var buckets = new KeyedBuckets(TWO_AN_HOUR, 10);
        var reused = new KeyedBuckets.Key();
        byte[] bytes = "x".repeat(100).getBytes(StandardCharsets.UTF_8);
        reused.add(bytes, 0, 100);
        var long100 = buckets.of(reused, 0);
        reused.clear();
        reused.add(bytes, 0, 1);
        assertThat(buckets.of(reused, 0)).isNotSameAs(long100).isSameAs(buckets.of(key("x"), 0));
        assertThat(buckets.of(key("x".repeat(100)), 0)).isSameAs(long100);
        assertThat(buckets.of(key("ab", "c"), 0)).isNotSameAs(buckets.of(key("a", "bc"), 0));
        assertThat(buckets.of(key("a", ""), 0)).isNotSameAs(buckets.of(key("", "a"), 0));
        assertThat(buckets.of(key(), 0)).isSameAs(buckets.of(new KeyedBuckets.Key(), 0));
    }

    @Test
    void longSpansAreToldApartByTheirLastByteAndTakeNoMoreMemoryThanShortOnes() {
        var buckets = new KeyedBuckets(TWO_AN_HOUR, 100);
        String big = "x".repeat(60 * 1024);
        for (int i = 0; i < 100; i++) {
            buckets.of(key(big + i, "y" + big), 0).take(0);
        }
        assertThat(buckets.size()).isEqualTo(100);
        assertThat(buckets.bytesKept()).isLessThan(100 * 100);
        assertThat(buckets.of(key(big + 1, "y" + big), 0)).isSameAs(buckets.of(key(big + 1, "y" + big), 0))
                .isNotSameAs(buckets.of(key(big + 2, "y" + big), 0));
    }

    @Test
    void aSpanThatIsTheDigestOfALongOneIsNotTakenForIt() throws NoSuchAlgorithmException {
        var buckets = new KeyedBuckets(TWO_AN_HOUR, 10);
        byte[] big = "z".repeat(500).getBytes(StandardCharsets.UTF_8);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(big);
        var whole = new KeyedBuckets.Key();
        whole.add(big, 0, big.length);
        var forged = new KeyedBuckets.Key();
        forged.add(digest, 0, digest.length);
        assertThat(buckets.of(forged, 0)).isNotSameAs(buckets.of(whole, 0));
    }

    @Test
    void beyondTheBoundTheOneThatIsFullAgainGoesAndThenOneThatWasNotAsked() {
        var buckets = new KeyedBuckets(TWO_AN_HOUR, 3);
        for (String name : new String[]{"a", "b", "c"}) {
            buckets.of(key(name), 0).take(0);
        }
        var a = buckets.of(key("a"), 0);
        var b = buckets.of(key("b"), 0);
        var c = buckets.of(key("c"), 0);
        // an hour later all are full again; two of them are taken from once more
        long hour = 3600 * SECOND;
        a.take(hour);
        c.take(hour);
        buckets.of(key("d"), hour).take(hour);
        assertThat(buckets.size()).isEqualTo(3);
        assertThat(buckets.of(key("a"), hour)).isSameAs(a);
        assertThat(buckets.of(key("c"), hour)).isSameAs(c);
        assertThat(buckets.of(key("b"), hour)).as("was full, and is anew").isNotSameAs(b);
        assertThat(buckets.size()).isEqualTo(3);
    }

    @Test
    void whoComesOnceDoesNotPushOutWhoKeepsComing() {
        var buckets = new KeyedBuckets(TWO_AN_HOUR, 100);
        var regular = buckets.of(key("regular"), 0);
        regular.take(0);
        for (int i = 0; i < 10_000; i++) {
            buckets.of(key("once " + i), 0).take(0);
            assertThat(buckets.of(key("regular"), 0)).as("after " + i).isSameAs(regular);
        }
        assertThat(buckets.size()).isEqualTo(100);
    }

    @Test
    void manyThreadsGetTheSameBucketOfAKeyAndNoMoreThanTheBoundIsKept() throws InterruptedException {
        var buckets = new KeyedBuckets(TWO_AN_HOUR, 50);
        var taken = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            String own = "own of " + t + ", "; // of one thread: what several ask for counts as in use too
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20_000; i++) {
                    taken.addAndGet(buckets.of(key("shared"), 0).take(0) ? 1 : 0);
                    buckets.of(key(own + i), 0).take(0);
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertThat(buckets.size()).isEqualTo(50);
        assertThat(taken).as("it is asked too often to be let go").hasValue(2);
    }

    @Test
    void aBoundOfNoneIsRefused() {
        assertThatThrownBy(() -> new KeyedBuckets(TWO_AN_HOUR, 0)).hasMessageContaining("0");
    }
}
