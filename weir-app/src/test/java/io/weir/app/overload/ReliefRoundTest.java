package io.weir.app.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.overload.Relief;
import io.weir.core.stats.Stats;
import io.weir.net.transport.Workers;
import org.junit.jupiter.api.Test;

/** What workers are asked to give up. */
class ReliefRoundTest {
    @Test
    void workersThatHaveEndedAreNotWaitedFor() {
        Workers workers = Workers.start(2);
        var round = new ReliefRound(workers, new Stats().root());
        workers.close();
        round.ask(new Relief(1, Long.MAX_VALUE, 0));
        assertThat(round.underWay()).isFalse();
    }
}
