package io.weir.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.RunOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class PlainRunTest {
    private static final int WORKERS = RunOptions.defaults().concurrency();

    @Test
    void aFileAloneRunsWithTheDefaults() {
        assertThat(PlainRun.of("run", "a.yaml"))
                .isEqualTo(new PlainRun(Path.of("a.yaml"), RunOptions.of(WORKERS, 600, true)));
    }

    @Test
    void workersAndDrainTimeStandBeforeOrBehindTheFile() {
        PlainRun expected = new PlainRun(Path.of("a.yaml"), RunOptions.of(3, 0, true));
        assertThat(PlainRun.of("run", "a.yaml", "--concurrency", "3", "--drain-time-s", "0")).isEqualTo(expected);
        assertThat(PlainRun.of("run", "--drain-time-s", "0", "a.yaml", "--concurrency", "3")).isEqualTo(expected);
    }

    @Test
    void whatIsWrongOrUnusualIsLeftToTheParser() {
        String[][] others = {{}, {"run"}, {"check", "a.yaml"}, {"run", "-h"}, {"run", "@file"}, {"run", "a", "b"},
                {"run", ""}, {"run", "a", "--concurrency"}, {"run", "a", "--concurrency", "0"},
                {"run", "a", "--concurrency", "1025"}, {"run", "a", "--concurrency", "-1"},
                {"run", "a", "--concurrency", "1x"}, {"run", "a", "--concurrency=1"}, {"run", "a", "--no-follow"},
                {"run", "a", "--drain-time-s", "12345678"}, {"run", "--concurrency", "1"}};
        for (String[] arguments : others) {
            assertThat(PlainRun.of(arguments)).as("%s", (Object) arguments).isNull();
        }
    }
}
