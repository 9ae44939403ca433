package io.weir.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.opentest4j.TestAbortedException;

/**
 * Two machines with a cable between them, as network namespaces that ip-netns(8) knows by name, for programs that are
 * not told that this is a test. Their names are this process's own; {@link #close} removes them. Only root may make
 * them.
 */
public final class Namespaces implements AutoCloseable {
    /** Addresses of the two, as in {@link #pair}. */
    public static final List<String> IPV4 = List.of("10.77.0.1", "10.77.0.2");
    /** The same for IPv6. */
    public static final List<String> IPV6 = List.of("fd77::1", "fd77::2");

    private static final long COMMAND_MAX_SECONDS = 60;
    private static final List<String> SIDES = List.of("shop", "till");

    private final Path ip;
    private final String prefix;

    private Namespaces(Path ip, String prefix) {
        this.ip = ip;
        this.prefix = prefix;
    }

    /**
     * Names that nobody has, and nothing made by them yet.
     *
     * @throws TestAbortedException
     *             (JUnit: skipped) when this is not root, or ip is missing
     * @throws AssertionError
     *             instead, when {@value Peers#SWITCH} is {@code required}
     */
    public static Namespaces named() {
        Path ip = Peers.require("ip");
        String prefix = "weir" + ProcessHandle.current().pid() + "-" + Long.toString(System.nanoTime(), 36) + "-";
        Namespaces made = new Namespaces(ip, prefix);
        Ended probe = made.command(List.of(ip.toString(), "netns", "add", prefix + "probe"));
        made.command(List.of(ip.toString(), "netns", "del", prefix + "probe"));
        if (probe.code != 0) {
            throw Peers.absent("no network namespace can be made here: " + probe.said.strip()
                    + " (only root may: run the tests as root)");
        }
        return made;
    }

    /** Both, with addresses of {@code 10.77.0.0/24} and {@code fd77::/64} on {@code eth0}, and loopback. */
    public static Namespaces pair() {
        Namespaces made = named();
        try {
            for (String side : SIDES) {
                made.ip("netns", "add", made.prefix + side);
            }
            made.ip("link", "add", "eth0", "netns", made.name(0), "type", "veth", "peer", "name", "eth0", "netns",
                    made.name(1));
            for (int i = 0; i < SIDES.size(); i++) {
                made.ip("-n", made.name(i), "address", "add", IPV4.get(i) + "/24", "dev", "eth0");
                made.ip("-n", made.name(i), "address", "add", IPV6.get(i) + "/64", "dev", "eth0", "nodad");
                made.ip("-n", made.name(i), "link", "set", "lo", "up");
                made.ip("-n", made.name(i), "link", "set", "eth0", "up");
            }
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    /** What both names begin with; {@code shop} and {@code till} follow. */
    public String prefix() {
        return prefix;
    }

    /** The name of one, 0 or 1. */
    public String name(int side) {
        return prefix + SIDES.get(side);
    }

    /** A command that runs there. */
    public List<String> within(int side, String... words) {
        var command = new ArrayList<>(List.of(ip.toString(), "netns", "exec", name(side)));
        command.addAll(List.of(words));
        return command;
    }

    /** Runs a command there to its end, whatever its exit code; returns what it wrote. */
    public String run(int side, String... words) {
        return command(within(side, words)).said;
    }

    /** ip(8); fails where that does. */
    public void ip(String... words) {
        var command = new ArrayList<>(List.of(ip.toString()));
        command.addAll(List.of(words));
        Ended ended = command(command);
        if (ended.code != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + ended.said);
        }
    }

    private record Ended(int code, String said) {
    }

    private Ended command(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try {
                process.getOutputStream().close();
                var said = new FutureTask<>(
                        () -> new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                Thread.ofVirtual().start(said);
                if (!process.waitFor(COMMAND_MAX_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException(String.join(" ", command) + " does not end");
                }
                return new Ended(process.exitValue(), said.get(COMMAND_MAX_SECONDS, TimeUnit.SECONDS));
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends what still runs in them, and removes both, if they are there. */
    @Override
    public void close() {
        for (String side : SIDES) {
            command(List.of(ip.toString(), "netns", "pids", prefix + side)).said.lines()
                    .filter(line -> line.matches("\\d+"))
                    .forEach(pid -> ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly));
            command(List.of(ip.toString(), "netns", "del", prefix + side));
        }
    }
}
