package io.weir.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts the machine's own haproxy with a configuration of the test's. */
public final class Haproxy {
    private Haproxy() {}

    /**
     * One haproxy in the foreground.
     *
     * @param config
     *            its whole configuration
     * @param ports
     *            the ports it listens on, waited for
     */
    public static PeerProcess start(String config, int... ports) {
        return start(config, List.of(), ports);
    }

    /**
     * One haproxy in the foreground.
     *
     * @param launcher
     *            put before the command, such as {@code taskset -c 0}
     */
    public static PeerProcess start(String config, List<String> launcher, int... ports) {
        String program = Peers.require("haproxy").toString();
        Path folder = PeerProcess.folder("haproxy");
        Path file = folder.resolve("haproxy.cfg");
        try {
            Files.writeString(file, config.endsWith("\n") ? config : config + "\n", StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(program, "-db", "-f", file.toString()));
        return PeerProcess.start("haproxy", folder, command, ports);
    }
}
