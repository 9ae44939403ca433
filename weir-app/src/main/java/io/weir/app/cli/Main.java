package io.weir.app.cli;

import io.weir.app.boot.Source;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
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
        PlainRun plain = PlainRun.of(arguments);
        if (plain == null) {
            return Parser.run(arguments, out, err);
        }
        try {
            return Serving.serve(Source.file(plain.file()), plain.options(), err);
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
}
