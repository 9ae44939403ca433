package io.weir.net.acme;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.testkit.Hellos;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How an authority is told from other clients; the door at work is in the tests of the whole Weir. */
final class ChallengeDoorTest {
    private static final int HEADERS = 9; // of the record and of the handshake message

    private static ByteBuf hello(String name, String... protocols) {
        return Unpooled.wrappedBuffer(Hellos.of(name, protocols)).skipBytes(HEADERS);
    }

    @Test
    void anAuthoritySpeaksItsProtocolAndNothingElse() throws Exception {
        assertThat(FirstWords.read(hello("Shop.Example", "acme-tls/1")))
                .isEqualTo(new FirstWords("shop.example", true));
        assertThat(FirstWords.read(hello("shop.example", "acme-tls/1", "h2")).acmeTls()).isFalse();
        assertThat(FirstWords.read(hello("shop.example", "h2", "http/1.1")))
                .isEqualTo(new FirstWords("shop.example", false));
        assertThat(FirstWords.read(hello(""))).isEqualTo(FirstWords.NONE);
    }

    private static ChallengeDoor door(@Nullable Predicate<String> served) {
        Scope scope = new Stats().root();
        return new ChallengeDoor(new Challenges(), Set.of("shop.example", "www.shop.example"), served,
                (_, channel) -> channel.close(), scope.counter("not_ready"), scope.counter("late"), 0);
    }

    @Test
    void whoAsksForANameWaitsOnlyWhereNoOtherCertificateIsForIt() {
        ChallengeDoor door = door("www.shop.example"::equals);
        assertThat(door.waits("shop.example")).isTrue();
        assertThat(door.waits("www.shop.example")).isFalse();
        assertThat(door.waits("blog.example")).isFalse();
        assertThat(door.waits(null)).isFalse();
        assertThat(door(null).waits(null)).isTrue();
        assertThat(door(null).waits("blog.example")).isTrue();
    }

    @Test
    void bytesThatLieAreNobodysWords() throws Exception {
        ByteBuf whole = hello("shop.example", "acme-tls/1");
        for (int length = 0; length < whole.readableBytes(); length++) {
            FirstWords.read(whole.slice(whole.readerIndex(), length)); // throws nothing
        }
        assertThat(FirstWords.read(Unpooled.EMPTY_BUFFER)).isEqualTo(FirstWords.NONE);
    }
}
