package io.weir.app.cli;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * What is thrown when arguments do not make sense. Apart from the commands, and told as any exception, because a class
 * that throws one of the parser's exceptions makes the verifier load it at every start.
 */
final class Misuse {
    private Misuse() {}

    /** An exception that the parser answers with its message, the usage and exit code 2. */
    static RuntimeException of(CommandLine line, String message) {
        return new ParameterException(line, message);
    }
}
