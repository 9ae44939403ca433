package io.weir.app.cli;

import io.weir.app.boot.RunOptions;
import io.weir.app.boot.Source;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/** Where the process begins. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    @SuppressWarnings("SystemExitOutsideMain")
    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int status = run(arguments, out, err);
        out.flush();
        err.flush();
        System.exit(status);
    }

    /** Runs one command in this process; returns its exit code. */
    static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        Path plain = plainRun(arguments);
        if (plain == null) {
            return Parser.run(arguments, out, err);
        }
        try {
            return Serving.serve(Source.file(plain), RunOptions.defaults(), err);
        } catch (RuntimeException failure) {
            return failed(failure, err);
        }
    }

    private static int failed(Exception failure, PrintWriter err) {
        err.println("weir: " + failure);
        failure.printStackTrace(err);
        return ExitCode.FAILURE.number();
    }

    /** Apart, so that the parser's classes are loaded when they are needed and not with this one. */
    private static final class Parser {
        static int run(String[] arguments, PrintWriter out, PrintWriter err) {
            CommandLine line = new Commands(out, err).line();
            line.setOut(out).setErr(err);
            line.setColorScheme(Help.defaultColorScheme(terminal() ? Help.Ansi.AUTO : Help.Ansi.OFF));
            line.setCaseInsensitiveEnumValuesAllowed(true);
            line.setExecutionExceptionHandler((failure, _, _) -> failed(failure, err));
            return line.execute(arguments);
        }

        private static boolean terminal() {
            // Without the module of line editing there is no console where there is no terminal.
            return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
        }
    }

    /**
     * The file of a {@code run FILE} without any option, else null. How a service is started needs no parser, and
     * loading one costs a fifth of the time that a start may take.
     */
    private static @Nullable Path plainRun(String[] arguments) {
        boolean plain = arguments.length == 2 && arguments[0].equals("run") && !arguments[1].isEmpty()
                && !arguments[1].startsWith("-") && !arguments[1].startsWith("@");
        return plain ? Path.of(arguments[1]) : null;
    }
}
