package io.weir.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * One real program under test's control: started in a folder of its own, known to be ready because its ports accept a
 * connection, stopped by its process id and no other. Any thread.
 */
public final class PeerProcess implements AutoCloseable {
    private static final long READY_MAX_NANOS = Duration.ofSeconds(60).toNanos();
    private static final long STOP_MAX_MILLIS = 5_000;
    private static final long PROBE_PAUSE_NANOS = 2_000_000;
    private static final int PROBE_TIMEOUT_MILLIS = 1_000;

    private final String name;
    private final Path folder;
    private final Process process;

    private PeerProcess(String name, Path folder, Process process) {
        this.name = name;
        this.folder = folder;
        this.process = process;
    }

    /** A new folder for a program's files; it goes when the program is closed. */
    public static Path folder(String name) {
        try {
            return Files.createTempDirectory("weir-" + name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a program and returns when it accepts a connection on every one of the ports of 127.0.0.1.
     *
     * @param folder
     *            its working folder, made by {@link #folder}; its output goes to {@code output.log} there
     * @throws IllegalStateException
     *             with the program's output, when it ends or is not ready within 60 s
     */
    public static PeerProcess start(String name, Path folder, List<String> command, int... ports) {
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output.log").toFile()).start();
            PeerProcess peer = new PeerProcess(name, folder, process);
            try {
                for (int port : ports) {
                    peer.awaitPort(port);
                }
                return peer;
            } catch (RuntimeException e) {
                peer.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether 127.0.0.1 accepts a connection on this port now. */
    public static boolean answers(int port) {
        try (Socket probe = new Socket()) {
            InetSocketAddress address = Ports.loopback(port);
            probe.connect(address, PROBE_TIMEOUT_MILLIS);
            return !probe.getLocalSocketAddress().equals(address); // not a connection to itself
        } catch (IOException refused) {
            return false;
        }
    }

    /**
     * Returns when the port accepts a connection.
     *
     * @throws IllegalStateException
     *             with the program's output, when it ends or is not ready within 60 s
     */
    public void awaitPort(int port) {
        long deadline = System.nanoTime() + READY_MAX_NANOS;
        while (!answers(port)) {
            if (!process.isAlive()) {
                throw new IllegalStateException(name + " ended with " + process.exitValue() + ": " + output());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(name + " does not listen on " + port + ": " + output());
            }
            LockSupport.parkNanos(PROBE_PAUSE_NANOS);
        }
    }

    /** The process id of the program itself (its children are found below it). */
    public long pid() {
        return process.pid();
    }

    /** The program and every process below it. */
    public List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** What the program has written to standard output and error so far. */
    public String output() {
        try {
            return Files.readString(folder.resolve("output.log"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "(no output: " + e.getMessage() + ")";
        }
    }

    public Path folder() {
        return folder;
    }

    /** SIGTERM, without waiting. */
    public void terminate() {
        process.destroy();
    }

    /** SIGKILL to the program and its children, as {@code kill -9} does; returns when they are gone. */
    public void kill() {
        List<ProcessHandle> all = processes();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(handle -> handle.onExit().join());
    }

    /**
     * Returns the exit code when the program ends.
     *
     * @throws IllegalStateException
     *             when it still runs after the wait
     */
    public int awaitExit(Duration wait) {
        try {
            if (process.waitFor(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                return process.exitValue();
            }
            throw new IllegalStateException(name + " still runs after " + wait + ": " + output());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Stops the program (SIGTERM, after 5 s SIGKILL) and removes its folder. */
    @Override
    public void close() {
        List<ProcessHandle> all = processes();
        process.destroy();
        try {
            if (!process.waitFor(STOP_MAX_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
        // what still runs writes into the folder that is to go
        all.forEach(handle -> handle.onExit().completeOnTimeout(handle, STOP_MAX_MILLIS, TimeUnit.MILLISECONDS).join());
        remove(folder);
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
