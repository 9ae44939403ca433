package io.weir.app.peers;

import io.weir.testkit.PeerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A Weir in a process of its own, with the options of the distribution and this test's class path. */
public final class WeirProcess implements AutoCloseable {
    private static final int BYTES_PER_KIB = 1024;

    private final PeerProcess process;

    private WeirProcess(PeerProcess process) {
        this.process = process;
    }

    /** Runs this configuration; returns when all the ports accept connections. */
    static WeirProcess run(String configuration, int... ports) throws IOException {
        return run(configuration, 10, ports);
    }

    /** The same, with so much time for a drain. */
    public static WeirProcess run(String configuration, int drainSeconds, int[] ports) throws IOException {
        Path folder = PeerProcess.folder("weir");
        Path file = Files.writeString(folder.resolve("weir.yaml"), configuration);
        return run(folder, List.of("--no-follow", "--drain-time-s", Integer.toString(drainSeconds), file.toString()),
                ports);
    }

    /** Runs this file and follows its changes. */
    static WeirProcess following(Path file, int... ports) throws IOException {
        return following(file, List.of(), ports);
    }

    /** The same, with options of the command line. */
    static WeirProcess following(Path file, List<String> options, int... ports) throws IOException {
        List<String> arguments = new ArrayList<>(options);
        arguments.add(file.toString());
        return run(PeerProcess.folder("weir"), arguments, ports);
    }

    private static WeirProcess run(Path folder, List<String> arguments, int... ports) throws IOException {
        List<String> command = command("run");
        command.addAll(arguments);
        return new WeirProcess(PeerProcess.start("weir", folder, command, ports));
    }

    /** A command of Weir's as a command of the system. */
    public static List<String> command(String... words) {
        Path options = Path.of("..", "dist", "jvm.options").toAbsolutePath().normalize();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + options, "-cp",
                System.getProperty("java.class.path"), "io.weir.app.cli.Main"));
        command.addAll(List.of(words));
        return command;
    }

    /** It and what it has started. */
    public Stream<ProcessHandle> processes() {
        return process.processes().stream();
    }

    /** SIGTERM, without waiting. */
    public void terminate() {
        process.terminate();
    }

    /** The exit code, when it has ended by itself. */
    public int awaitExit(Duration wait) {
        return process.awaitExit(wait);
    }

    boolean alive() {
        return process.alive();
    }

    /** What it has written so far. */
    public String output() {
        return process.output();
    }

    /** Resident now. */
    long residentBytes() throws IOException {
        return status("VmRSS:");
    }

    /** The most that has been resident since {@link #forgetPeak}. */
    long residentBytesPeak() throws IOException {
        return status("VmHWM:");
    }

    /** Lets the peak begin anew at what is resident now. */
    void forgetPeak() throws IOException {
        Files.writeString(Path.of("/proc/" + process.pid() + "/clear_refs"), "5");
    }

    private long status(String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("\\D", "")) * BYTES_PER_KIB;
            }
        }
        throw new IOException("no " + field);
    }

    /** Told twice, it ends at once. */
    @Override
    public void close() {
        process.terminate();
        process.close();
    }
}
