package io.weir.app.upgrade;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How this process was started, so that another one can be: with whatever stands at the same paths by now. */
final class OwnCommand {
    /** The launcher's own path, as it was called: a symbolic link in it may lead to another version by now. */
    static final String LAUNCHER = "WEIR_LAUNCHER";

    private static final String MAIN = "io.weir.app.cli.Main";

    private OwnCommand() {}

    static List<String> read() throws IOException {
        String line = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8);
        return of(List.of(line.split("\0", -1)), System.getenv(LAUNCHER));
    }

    /**
     * The command.
     *
     * @param own
     *            the words of this process's command line, the last one empty
     * @param launcher
     *            which program started it; null or empty: this command line itself
     */
    static List<String> of(List<String> own, @Nullable String launcher) throws IOException {
        List<String> words = own.subList(0, own.size() - 1);
        int main = words.indexOf(MAIN);
        if (main < 0) {
            throw new IOException("this process was not started by a command of Weir's");
        }
        if (launcher == null || launcher.isEmpty()) {
            return List.copyOf(words);
        }
        List<String> command = new ArrayList<>(List.of(launcher));
        command.addAll(words.subList(main + 1, words.size()));
        return command;
    }
}
