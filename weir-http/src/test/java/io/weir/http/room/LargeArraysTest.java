package io.weir.http.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LargeArraysTest {
    private static final int KIB = 1024;

    @Test
    void anArrayIsAsLargeAsAskedAndTheSameOneComesAgain() {
        byte[] array = LargeArrays.take(60 * KIB);
        assertThat(array).hasSize(64 * KIB);
        LargeArrays.giveBack(array);
        assertThat(LargeArrays.take(33 * KIB)).isSameAs(array);
        assertThat(LargeArrays.take(33 * KIB)).isNotSameAs(array);
        assertThat(LargeArrays.take(16 * KIB)).hasSize(16 * KIB);
        assertThat(LargeArrays.take(16 * KIB + 1)).hasSize(32 * KIB);
        assertThat(LargeArrays.take(32 * KIB)).hasSize(32 * KIB);
        assertThat(LargeArrays.take(1024 * KIB)).hasSize(1024 * KIB);
        assertThat(LargeArrays.take(1024 * KIB + 1)).hasSize(1024 * KIB + 1);
    }

    @Test
    void whatIsKeptHasABound() {
        var all = new ArrayList<byte[]>();
        for (int size : List.of(32, 64, 128, 256, 512, 1024)) {
            for (int i = 0; i < 300; i++) {
                all.add(LargeArrays.take(size * KIB));
            }
        }
        Collections.shuffle(all, new Random(1));
        all.forEach(LargeArrays::giveBack);
        var old = Collections.newSetFromMap(new IdentityHashMap<byte[], Boolean>());
        old.addAll(all);
        long kept = 0;
        for (int size : List.of(32, 64, 128, 256, 512, 1024)) {
            for (byte[] again = LargeArrays.take(size * KIB); old
                    .contains(again); again = LargeArrays.take(size * KIB)) {
                kept += again.length;
            }
        }
        assertThat(kept).isBetween(LargeArrays.KEPT_BYTES_MAX - 1024L * KIB, (long) LargeArrays.KEPT_BYTES_MAX);
    }
}
