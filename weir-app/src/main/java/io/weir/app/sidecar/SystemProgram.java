package io.weir.app.sidecar;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A program of this machine's that sets what only the kernel's own programs set. Methods wait for it. Any thread. */
final class SystemProgram {
    private static final List<String> USUAL_FOLDERS = List.of("/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin");
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(20);

    private final Path path;
    private final long waitNanos;

    /**
     * @param waitNanos
     *            how long a run of it is waited for
     */
    SystemProgram(Path path, long waitNanos) {
        this.path = path;
        this.waitNanos = waitNanos;
    }

    /** What a program came to, and what it wrote. */
    record Ended(int code, String said) {
    }

    static Optional<SystemProgram> find(String name) {
        String path = System.getenv("PATH");
        return Stream.concat(path == null ? Stream.empty() : Arrays.stream(path.split(File.pathSeparator, -1)),
                USUAL_FOLDERS.stream()).filter(folder -> !folder.isEmpty()).map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable).findFirst()
                .map(found -> new SystemProgram(found, WAIT_NANOS_MAX));
    }

    /**
     * Runs it to its end, which it has to come to in time: the conductor may wait for it.
     *
     * @throws Interceptor.Refused
     *             also when it, or one that it has started and that holds its output, is not done in time
     */
    Ended run(String input, List<String> words) throws Interceptor.Refused {
        List<String> command = new ArrayList<>(List.of(path.toString()));
        command.addAll(words);
        long beganNanos = System.nanoTime();
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try {
                // apart, as neither writing to a pipe nor reading from it can be given a time
                var talk = new FutureTask<>(() -> talked(process, input));
                Thread.ofPlatform().daemon().name("weir-" + path.getFileName()).start(talk);
                String said = talk.get(waitNanos, TimeUnit.NANOSECONDS);
                long leftNanos = waitNanos - (System.nanoTime() - beganNanos);
                if (!process.waitFor(leftNanos, TimeUnit.NANOSECONDS)) {
                    throw endless();
                }
                return new Ended(process.exitValue(), said);
            } finally {
                kill(process);
            }
        } catch (TimeoutException e) {
            throw endless();
        } catch (IOException e) {
            throw new Interceptor.Refused(path + " cannot be run: " + e.getMessage());
        } catch (ExecutionException e) {
            String why = e.getCause() instanceof IOException broken ? broken.getMessage() : e.getMessage();
            throw new Interceptor.Refused(path + " cannot be run: " + why);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Interceptor.Refused("interrupted while " + path + " was at work");
        }
    }

    private Interceptor.Refused endless() {
        return new Interceptor.Refused(path + " does not come to an end, after "
                + TimeUnit.NANOSECONDS.toMillis(waitNanos) + " ms");
    }

    /** What it writes is short: it is read when it has read all of its input. */
    private static String talked(Process process, String input) throws IOException {
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    /** Those that it has started first: without it nobody knows whose they are. */
    private static void kill(Process process) {
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
