package io.weir.app.sidecar;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The system's packet filter, by its own program nft(8). Methods wait for it. Any thread. */
public final class PacketFilter {
    private static final List<String> USUAL_FOLDERS = List.of("/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin");
    private static final long WAIT_SECONDS_MAX = 20;

    private final Path nft;

    private PacketFilter(Path nft) {
        this.nft = nft;
    }

    /** The packet filter cannot be reached, or does not do as it is told. The message is for people, with a cure. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /** As this machine has it, and this process may reach it. */
    public static PacketFilter ours() throws Refused {
        return new PacketFilter(find(System.getenv("PATH")).orElseThrow(() -> new Refused(
                "the program nft, which sets rules of the packet filter, is not installed (Debian: nftables)")));
    }

    private static Optional<Path> find(String path) {
        return Stream.concat(path == null ? Stream.empty() : Arrays.stream(path.split(File.pathSeparator, -1)),
                USUAL_FOLDERS.stream()).filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "nft")).filter(Files::isExecutable).findFirst();
    }

    /**
     * Carries a script out, all of it or nothing.
     *
     * @throws Refused
     *             with what nft said
     */
    public void apply(String script) throws Refused {
        try {
            Process process = new ProcessBuilder(nft.toString(), "-f", "-").redirectErrorStream(true).start();
            try {
                try (var in = process.getOutputStream()) {
                    in.write(script.getBytes(StandardCharsets.UTF_8));
                }
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!process.waitFor(WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                    throw new Refused(nft + " does not come to an end");
                }
                if (process.exitValue() != 0) {
                    throw new Refused(explained(said.strip()));
                }
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new Refused(nft + " cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused("interrupted while " + nft + " was at work");
        }
    }

    static String explained(String said) {
        if (said.contains("Operation not permitted")) {
            return "rules of the packet filter may be set only with CAP_NET_ADMIN in this network namespace: run as"
                    + " root, or with setpriv --inh-caps +net_admin --ambient-caps +net_admin (nft: "
                    + said.lines().findFirst().orElse("") + ")";
        }
        return "nft refuses the rules: " + said;
    }
}
