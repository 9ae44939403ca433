package io.weir.testkit;

import java.util.ArrayList;
import java.util.List;

/** Runs one of the machine's own programs that make load, and reads the durations in its report. */
final class LoadTool {
    private LoadTool() {}

    /**
     * Runs it to the end, and returns what it wrote. Blocks.
     *
     * @param launcher
     *            put before the command
     * @throws IllegalStateException
     *             with the program's words, when it fails
     */
    static String run(String program, List<String> launcher, List<String> arguments) {
        List<String> command = new ArrayList<>(launcher);
        command.add(Peers.require(program).toString());
        command.addAll(arguments);
        Program.End end = Program.run(command);
        if (end.exit() != 0) {
            throw new IllegalStateException(program + " failed: " + end.said());
        }
        return end.said();
    }

    /** The nanoseconds of so many of a unit. */
    static long nanos(String number, String unit) {
        double factor = switch (unit) {
            case "us" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "m" -> 60e9;
            case "h" -> 3_600e9;
            default -> throw new IllegalStateException("unit " + unit);
        };
        return Math.round(Double.parseDouble(number) * factor);
    }
}
