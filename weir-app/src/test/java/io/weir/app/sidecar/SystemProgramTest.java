package io.weir.app.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.testkit.Await;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real programs, that end and that do not. */
@Timeout(60)
class SystemProgramTest {
    private static final Path SHELL = Path.of("/bin/sh");
    /** A number of seconds by which one that sleeps is known. */
    private static final String LONG = "86311";

    private static SystemProgram shell(long waitMillis) {
        return new SystemProgram(SHELL, TimeUnit.MILLISECONDS.toNanos(waitMillis));
    }

    private static boolean sleeps(ProcessHandle process) {
        return process.isAlive() && Arrays.asList(process.info().arguments().orElse(new String[0])).contains(LONG);
    }

    @Test
    void whatItWritesAndItsCodeAreTold() throws Exception {
        SystemProgram.Ended ended = shell(50_000).run("a word", List.of("-c", "cat; echo ' more' >&2; exit 3"));
        assertThat(ended).isEqualTo(new SystemProgram.Ended(3, "a word more"));
    }

    @Test
    void oneThatDoesNotEndIsKilledWithThoseThatItHasStarted() throws Exception {
        assertThatThrownBy(() -> shell(500).run("", List.of("-c", "sleep " + LONG + " & wait")))
                .isInstanceOf(Interceptor.Refused.class).hasMessageContaining("/bin/sh does not come to an end");
        Await.until("nothing sleeps any more",
                () -> ProcessHandle.current().descendants().noneMatch(SystemProgramTest::sleeps));
    }

    @Test
    void oneThatDoesNotReadItsInputIsNotWaitedForEither() {
        assertThatThrownBy(() -> shell(500).run("x".repeat(1_000_000), List.of("-c", "sleep " + LONG + " & wait")))
                .isInstanceOf(Interceptor.Refused.class).hasMessageContaining("does not come to an end");
    }

    @Test
    void aChildThatKeepsTheOutputOpenIsNotWaitedFor() {
        // what it has written is told, or not, as Java finds first that it has ended or that its output has not
        try {
            assertThat(shell(500).run("", List.of("-c", "sleep 90 & exit 0")).code()).isZero();
        } catch (Interceptor.Refused e) {
            assertThat(e).hasMessageContaining("does not come to an end");
        }
    }
}
