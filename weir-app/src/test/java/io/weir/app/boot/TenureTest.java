package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.admit.Carryover;
import io.weir.core.drain.Drainable;
import io.weir.net.transport.ChannelSettings;
import io.weir.observe.log.AccessLog;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who holds a service, and when it lets go. */
final class TenureTest {
    private final AtomicInteger forgotten = new AtomicInteger();
    private final Tenure tenure = new Tenure(new Service((_, channel) -> channel.close(), ChannelSettings.MESSAGES,
            Drainable.UNASKED, () -> {
            }, AccessLog.none(), new Carryover(), forgotten::incrementAndGet));

    @Test
    void aServiceIsLetGoAfterItsLastConnectionAndOnce() {
        assertThat(tenure.connectionOpened()).isTrue();
        tenure.letGo();
        assertThat(forgotten).hasValue(0);
        tenure.connectionEnded();
        assertThat(forgotten).hasValue(1);
    }

    @Test
    void whoHasLetGoTakesNoConnectionThatComesLate() {
        tenure.letGo();
        assertThat(forgotten).hasValue(1);
        assertThat(tenure.connectionOpened()).isFalse();
        assertThat(forgotten).hasValue(1);
    }
}
