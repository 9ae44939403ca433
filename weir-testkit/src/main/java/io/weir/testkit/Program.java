package io.weir.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A program of the machine's that is run to its end, with nothing to read. Any thread. */
public final class Program {
    private static final Path HERE = Path.of("").toAbsolutePath();

    private Program() {}

    /**
     * What it came to.
     *
     * @param exit
     *            0 where it did what it was asked
     * @param said
     *            all that it wrote, errors too
     */
    public record End(int exit, String said) {
    }

    /** Runs it. Blocks as long as it takes: who may wait for others has to be told for how long. */
    public static End run(List<String> command) {
        return run(HERE, command);
    }

    /** The same in this folder. */
    public static End run(Path folder, List<String> command) {
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new End(process.waitFor(), said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
