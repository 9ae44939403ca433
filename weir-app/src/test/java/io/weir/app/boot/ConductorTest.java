package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.testkit.Await;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConductorTest {
    @Test
    void whoWaitsHearsOfEveryFailureAndTheConductorGoesOn() {
        try (Conductor conductor = new Conductor()) {
            assertThatThrownBy(() -> conductor.call(() -> {
                throw new NoClassDefFoundError("io/weir/Gone");
            })).hasRootCauseInstanceOf(NoClassDefFoundError.class);
            assertThat(conductor.call(() -> 7)).isEqualTo(7);
        }
    }

    @Test
    void theEndWaitsForWhatIsUnderWayAndDropsWhatHasNotBegun() throws Exception {
        Conductor conductor = new Conductor();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<String> done = new CopyOnWriteArrayList<>();
        conductor.execute(() -> {
            begun.countDown();
            try {
                goOn.await();
                done.add("the first");
            } catch (InterruptedException e) {
                done.add("interrupted");
            }
        });
        conductor.execute(() -> done.add("the second"));
        begun.await();
        var closed = CompletableFuture.runAsync(conductor::close, task -> Thread.ofPlatform().start(task));
        Await.until("it closes", conductor::closing);
        conductor.execute(() -> done.add("the third"));
        goOn.countDown();
        closed.get(20, TimeUnit.SECONDS);
        assertThat(done).containsExactly("the first");
    }
}
