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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of this machine's that sets what only the kernel's own programs set. Methods wait for it. Any thread. */
final class SystemProgram {
    private static final List<String> USUAL_FOLDERS = List.of("/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin");
    private static final long WAIT_SECONDS_MAX = 20;

    private final Path path;

    private SystemProgram(Path path) {
        this.path = path;
    }

    /** What a program came to, and what it wrote. */
    record Ended(int code, String said) {
    }

    static Optional<SystemProgram> find(String name) {
        String path = System.getenv("PATH");
        return Stream.concat(path == null ? Stream.empty() : Arrays.stream(path.split(File.pathSeparator, -1)),
                USUAL_FOLDERS.stream()).filter(folder -> !folder.isEmpty()).map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable).findFirst().map(SystemProgram::new);
    }

    /** Runs it to its end. What it writes is short: it is read when it has read all of its input. */
    Ended run(String input, List<String> words) throws Interceptor.Refused {
        List<String> command = new ArrayList<>(List.of(path.toString()));
        command.addAll(words);
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try {
                try (var in = process.getOutputStream()) {
                    in.write(input.getBytes(StandardCharsets.UTF_8));
                }
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                if (!process.waitFor(WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                    throw new Interceptor.Refused(path + " does not come to an end");
                }
                return new Ended(process.exitValue(), said);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new Interceptor.Refused(path + " cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Interceptor.Refused("interrupted while " + path + " was at work");
        }
    }
}
