package io.weir.app.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import org.junit.jupiter.api.Test;

class PlatformLoggersTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final System.Logger log = PlatformLoggers
            .of(new LineLogger("jdk.some.Thing", new LogLevels(), new PrintStream(bytes, true, UTF_8)));

    @Test
    void theJdkFindsWeirsLog() {
        assertThat(System.LoggerFinder.getLoggerFinder()).isInstanceOf(PlatformLoggers.class);
    }

    @Test
    void aLineOfTheJdkLooksLikeEveryOther() {
        log.log(Level.WARNING, "port {0} is {1}", 80, "taken");

        assertThat(bytes.toString(UTF_8)).endsWith("WARN  Thing: port 80 is taken\n");
    }

    @Test
    void bracesOfATextWithoutParametersStay() {
        log.log(Level.ERROR, "it's {0}");

        assertThat(bytes.toString(UTF_8)).endsWith("ERROR Thing: it's {0}\n");
    }

    @Test
    void aPatternThatIsNoneIsWrittenAsItStandsWithItsParameters() {
        log.log(Level.WARNING, "{0 is {broken}", 80, "taken");
        log.log(Level.WARNING, "{0,number} of them", "many");

        assertThat(bytes.toString(UTF_8)).contains("Thing: {0 is {broken} [80, taken]\n")
                .endsWith("Thing: {0,number} of them [many]\n");
    }

    @Test
    void theStackOfAnExceptionFollows() {
        log.log(Level.INFO, "gone", new IllegalStateException("why"));

        assertThat(bytes.toString(UTF_8)).contains("INFO  Thing: gone\n", "IllegalStateException: why");
    }

    @Test
    void whatIsBelowTheLevelIsNotWritten() {
        log.log(Level.DEBUG, "detail");
        log.log(Level.OFF, "nothing");

        assertThat(bytes.toString(UTF_8)).isEmpty();
        assertThat(log.isLoggable(Level.TRACE)).isFalse();
        assertThat(log.isLoggable(Level.OFF)).isFalse();
    }
}
