package io.weir.app.cli;

/** What the process says to who started it; part of the interface, so the numbers never change. */
public enum ExitCode {
    /** Served and stopped as told, or nothing was found wrong. */
    OK(0),
    /** The configuration cannot stand: an error in it, a file that cannot be read, an address that is taken. */
    CONFIGURATION(1),
    /** The command line was not understood. */
    USAGE(2),
    /** Failed while running. */
    FAILURE(3);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    /** The process's exit status. */
    public int number() {
        return number;
    }
}
