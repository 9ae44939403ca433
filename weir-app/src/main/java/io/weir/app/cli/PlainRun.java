package io.weir.app.cli;

import io.weir.app.boot.RunOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A {@code run FILE} as services are started: with nothing else than how many workers and how long to drain. It needs
 * no parser, and loading one costs a quarter of the time that a start may take.
 */
record PlainRun(Path file, RunOptions options) {
    private static final int DIGITS_MAX = 6;

    /**
     * What these arguments say, in any order of options; null when they say anything else, or say it wrongly, so that
     * the parser of all commands has it.
     */
    static @Nullable PlainRun of(String... arguments) {
        if (arguments.length < 2 || !arguments[0].equals("run")) {
            return null;
        }
        Path file = null;
        int concurrency = RunOptions.defaults().concurrency();
        int drainSeconds = RunOptions.DRAIN_SECONDS_DEFAULT;
        for (int i = 1; i < arguments.length; i++) {
            String argument = arguments[i];
            boolean workers = argument.equals("--concurrency");
            if (workers || argument.equals("--drain-time-s")) {
                i++;
                int number = i < arguments.length ? number(arguments[i]) : -1;
                if (number < (workers ? 1 : 0) || (workers && number > ServeOptions.CONCURRENCY_MAX)) {
                    return null;
                }
                concurrency = workers ? number : concurrency;
                drainSeconds = workers ? drainSeconds : number;
            } else if (file == null && !argument.isEmpty() && "-@".indexOf(argument.charAt(0)) < 0) {
                file = Path.of(argument);
            } else {
                return null;
            }
        }
        return file == null ? null : new PlainRun(file, RunOptions.of(concurrency, drainSeconds, true));
    }

    /** A number of few digits; -1 for anything else. */
    private static int number(String text) {
        if (text.isEmpty() || text.length() > DIGITS_MAX) {
            return -1;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return -1;
            }
        }
        return Integer.parseInt(text);
    }
}
