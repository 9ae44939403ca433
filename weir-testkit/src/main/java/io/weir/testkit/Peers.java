package io.weir.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * Real programs that tests talk to: nginx, haproxy, wrk, curl, dnsmasq. Never a mock of one that can be had. Without
 * them a test is skipped and says why; where {@value #SWITCH} is {@code required} it fails instead.
 */
public final class Peers {
    /** The environment variable that turns a skipped peer test into a failed one. */
    public static final String SWITCH = "WEIR_PEERS";

    private static final List<String> USUAL_FOLDERS = List.of("/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/bin",
            "/usr/local/bin", "/bin");

    /** Where Debian keeps the versions of PostgreSQL side by side, a folder {@code bin} in each. */
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

    private Peers() {}

    /** The program's path, if this machine has it: looked for on PATH, then in the usual folders. */
    public static Optional<Path> find(String program) {
        List<String> folders = new ArrayList<>();
        String path = System.getenv("PATH");
        if (path != null) {
            folders.addAll(List.of(path.split(File.pathSeparator, -1)));
        }
        folders.addAll(USUAL_FOLDERS);
        folders.addAll(versions());
        return folders.stream().filter(folder -> !folder.isEmpty()).map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable).findFirst();
    }

    private static List<String> versions() {
        if (!Files.isDirectory(VERSIONS)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(VERSIONS)) {
            return all.sorted().map(each -> each.resolve("bin").toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The program's path.
     *
     * @throws TestAbortedException
     *             (JUnit: skipped) when the machine does not have it
     * @throws AssertionError
     *             instead, when {@value #SWITCH} is {@code required}
     */
    public static Path require(String program) {
        return find(program).orElseThrow(() -> missing(program));
    }

    private static RuntimeException missing(String program) {
        return absent("peer missing: " + program + " is not installed (Debian: apt-get install " + packageOf(program)
                + ")");
    }

    /** What to throw where something that a test needs of its machine is not there. */
    static RuntimeException absent(String reason) {
        if ("required".equals(System.getenv(SWITCH))) {
            throw new AssertionError(reason + ", and " + SWITCH + "=required");
        }
        return new TestAbortedException(reason);
    }

    private static String packageOf(String program) {
        return switch (program) {
            case "dig" -> "bind9-dnsutils";
            case "dnsmasq" -> "dnsmasq-base";
            case "named" -> "bind9";
            case "nginx" -> "nginx-light";
            case "taskset", "setpriv" -> "util-linux";
            case "gtlsclient" -> "ngtcp2-client";
            case "gtlsserver" -> "ngtcp2-server";
            case "h2load" -> "nghttp2-client";
            case "ip" -> "iproute2";
            case "nft" -> "nftables";
            case "initdb" -> "postgresql";
            case "pebble-challtestsrv" -> "pebble";
            default -> program;
        };
    }
}
