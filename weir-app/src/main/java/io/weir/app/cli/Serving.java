package io.weir.app.cli;

import io.weir.app.boot.RunOptions;
import io.weir.app.boot.Running;
import io.weir.app.boot.Source;
import io.weir.app.upgrade.Supervisor;
import io.weir.xds.resource.Problem;
import java.io.PrintWriter;
import java.util.List;

/**
 * Serves a configuration until the end. Apart from the commands, and without a word of their parser: a plain start does
 * not load it.
 */
final class Serving {
    private Serving() {}

    /** Serves; returns the exit code when it is over, or when it could not begin. */
    static int serve(Source source, RunOptions options, PrintWriter err) {
        return switch (Running.start(source, options)) {
            case Running.Start.Refused(List<Problem> problems) -> {
                report(source, problems, err);
                err.println("weir: nothing was started");
                yield ExitCode.CONFIGURATION.number();
            }
            case Running.Start.Serving(Running running) -> {
                running.obeySignals();
                Supervisor.ready();
                running.awaitStopped();
                yield ExitCode.OK.number();
            }
        };
    }

    /** Prints every problem, and how many errors there are. */
    static void report(Source source, List<Problem> problems, PrintWriter err) {
        for (Problem problem : problems) {
            err.println(problem);
        }
        long errors = problems.stream().filter(Problem::isError).count();
        if (errors > 0) {
            err.println("weir: " + source.name() + " cannot stand: " + counted(errors, "error"));
        }
        err.flush();
    }

    static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
