package io.weir.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LineLoggerTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final LogLevels levels = new LogLevels();
    private final LineLogger logger = new LineLogger("io.weir.app.Thing", levels,
            new PrintStream(bytes, true, StandardCharsets.UTF_8));

    private String written() {
        String text = bytes.toString(StandardCharsets.UTF_8);
        bytes.reset();
        return text;
    }

    @Test
    void aLineHasTimeLevelClassAndMessage() {
        logger.info("{} of {}", 1, "two");
        assertThat(written()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z INFO  Thing: 1 of two\n");
    }

    @Test
    void lineEndsAndEscapesOfPeersCannotForgeALine() {
        logger.warn("name {}", "a\nERROR\u001b[1m");
        assertThat(written()).endsWith("WARN  Thing: name a\\x0aERROR\\x1b[1m\n").containsOnlyOnce("\n");
    }

    @Test
    void anExceptionIsWrittenWithItsStack() {
        logger.error("failed", new IllegalStateException("why"));
        assertThat(written()).contains("ERROR Thing: failed\njava.lang.IllegalStateException: why\n\tat ");
    }

    @Test
    void levelsHoldForAllUntilANameSaysOtherwise() {
        logger.debug("a");
        levels.of("io.weir", "debug");
        logger.debug("b");
        levels.of("io.weir.app", "error");
        logger.debug("c");
        levels.all("trace");
        logger.trace("d");
        levels.all("off");
        logger.error("e");
        assertThat(written().lines().map(line -> line.substring(line.lastIndexOf(' ') + 1))).containsExactly("b", "d");
    }

    @Test
    void anUnknownLevelChangesNothing() {
        assertThat(levels.all("loud")).isFalse();
        assertThat(levels.of("a", "loud")).isFalse();
        assertThat(levels.shown()).containsExactly(java.util.Map.entry("*", "info"));
    }
}
