package io.weir.app.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the process says to who started it; part of the interface, so the numbers never change. */
public enum ExitCode {
    /** Served and stopped as told, or nothing was found wrong. */
    OK(0, "served and stopped as told, or nothing was found wrong"),
    /** The configuration cannot stand: an error in it, a file that cannot be read, an address that is taken. */
    CONFIGURATION(1, "the configuration cannot stand, a file cannot be read, an address is taken"),
    /** The command line was not understood. */
    USAGE(2, "the command line was not understood"),
    /** Failed while running. */
    FAILURE(3, "failed while running");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** All of them, number and meaning, for the help. */
    static Map<String, String> meanings() {
        Map<String, String> meanings = new LinkedHashMap<>();
        for (ExitCode code : values()) {
            meanings.put(Integer.toString(code.number), code.meaning);
        }
        return meanings;
    }

    /** The process's exit status. */
    public int number() {
        return number;
    }
}
