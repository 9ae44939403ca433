package io.weir.http.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.room.LargeArrays;
import org.junit.jupiter.api.Test;

class LargeHeadTest {
    private static final int KIB = 1024;

    @Test
    void aHeadThatGrewGivesItsArrayBackAndKeepsWhatItHad() {
        var head = new HttpHead();
        byte[] first = head.bytes();
        byte[] many = new byte[50 * KIB];
        many[many.length - 1] = 7;
        head.append(many, 0, 10);
        head.append(many, 0, many.length);
        byte[] large = head.bytes();
        assertThat(large[10 + many.length - 1]).isEqualTo((byte) 7);
        head.clear();
        assertThat(head.bytes()).isSameAs(first);
        assertThat(LargeArrays.take(large.length)).isSameAs(large);
    }
}
