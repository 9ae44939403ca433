package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who holds something, and when it is let go of. */
final class HoldersTest {
    private final AtomicInteger gone = new AtomicInteger();
    private final Holders holders = new Holders(gone::incrementAndGet);

    @Test
    void whatIsHeldIsLetGoOfAfterTheLastHolderAndOnce() {
        assertThat(holders.enter()).isTrue();
        holders.leave();
        assertThat(gone).hasValue(0);
        assertThat(holders.any()).isTrue();
        holders.leave();
        assertThat(gone).hasValue(1);
        assertThat(holders.any()).isFalse();
    }

    @Test
    void whatHasBeenLetGoOfIsNotHeldAgain() {
        holders.leave();
        assertThat(gone).hasValue(1);
        assertThat(holders.enter()).isFalse();
        assertThat(gone).hasValue(1);
    }
}
