package io.weir.app.cli;

import io.weir.app.boot.RunOptions;
import io.weir.app.log.LogLevels;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What {@code run} and {@code proxy} have in common. */
final class ServeOptions {
    static final int CONCURRENCY_MAX = 1024;
    private static final int DRAIN_SECONDS_MAX = 7 * 24 * 3600;
    private static final String WORKERS = "worker threads; default: one a processor";
    private static final String DRAIN = "how long connections may take to end after SIGTERM; default: 600";
    private static final String STRATEGY = "gradual: one after another; immediate: all at once; default: gradual";
    private static final String PARENT = "after an upgrade, when the process before ends at the latest; default: 900";
    private static final String LEVEL = "trace, debug, info, warning, error or off; default: info";

    @Option(names = "--concurrency", paramLabel = "N", description = WORKERS)
    private @Nullable Integer concurrency;

    @Option(names = "--drain-time-s", paramLabel = "SECONDS", description = DRAIN)
    private @Nullable Integer drainSeconds;

    @Option(names = "--drain-strategy", paramLabel = "STRATEGY", defaultValue = "gradual", description = STRATEGY)
    private RunOptions.Strategy strategy = RunOptions.Strategy.GRADUAL;

    @Option(names = "--parent-shutdown-time-s", paramLabel = "SECONDS", description = PARENT)
    private int parentShutdownSeconds = RunOptions.PARENT_SHUTDOWN_SECONDS_DEFAULT;

    @Option(names = {"--log-level", "-l"}, paramLabel = "LEVEL", description = LEVEL)
    private @Nullable String logLevel;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /**
     * As the boot wants them; sets the log's level on the way.
     *
     * @throws ParameterException
     *             when one is out of its bounds
     */
    RunOptions options(boolean follow) {
        int workers = concurrency == null ? RunOptions.defaults().concurrency() : concurrency;
        if (workers < 1 || workers > CONCURRENCY_MAX) {
            throw wrong("--concurrency", workers, "it is from 1 to " + CONCURRENCY_MAX);
        }
        int seconds = drainSeconds == null ? RunOptions.DRAIN_SECONDS_DEFAULT : drainSeconds;
        if (seconds < 0 || seconds > DRAIN_SECONDS_MAX) {
            throw wrong("--drain-time-s", seconds, "it is from 0 to " + DRAIN_SECONDS_MAX);
        }
        if (logLevel != null && !LogLevels.PROCESS.all(logLevel)) {
            throw wrong("--log-level", logLevel, "it is one of " + String.join(", ", LogLevels.words()));
        }
        if (parentShutdownSeconds < 0 || parentShutdownSeconds > DRAIN_SECONDS_MAX) {
            throw wrong("--parent-shutdown-time-s", parentShutdownSeconds, "it is from 0 to " + DRAIN_SECONDS_MAX);
        }
        return RunOptions.of(workers, seconds, follow).withStrategy(strategy).withParentShutdown(parentShutdownSeconds);
    }

    private RuntimeException wrong(String option, Object value, String cure) {
        if (command == null) {
            throw new IllegalStateException("options without their command");
        }
        return Misuse.of(command.commandLine(),
                "Invalid value for option '" + option + "': " + value + "; " + cure);
    }
}
