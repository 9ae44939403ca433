package io.weir.testkit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * A network that belongs to one test: a namespace of Linux (network_namespaces(7)) with a loopback interface and
 * nothing else, where addresses and rules of the packet filter can be set without a trace on the machine. It goes with
 * the last thread, process and socket in it. Only root may make one.
 */
public final class OwnNetwork {
    /** From linux/sched.h. */
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final long COMMAND_MAX_SECONDS = 20;

    private OwnNetwork() {}

    /** What a test does in its network. */
    @FunctionalInterface
    public interface Body {
        /** Anything thrown fails the test. */
        void run() throws Exception;
    }

    /**
     * Runs a test on a thread of its own. The sockets that this thread makes and the processes that it starts are in
     * the network; threads that were there before, and their sockets, are not.
     *
     * @param addresses
     *            that the network's one machine has, such as {@code 10.9.0.1/32}
     * @param rules
     *            of the packet filter, as nft(8) reads them
     * @throws TestAbortedException
     *             (JUnit: skipped) when this is not root, or ip or nft is missing
     * @throws AssertionError
     *             instead, when {@value Peers#SWITCH} is {@code required}
     */
    public static void run(List<String> addresses, String rules, Body body) throws Exception {
        Path ip = Peers.require("ip");
        Path nft = Peers.require("nft");
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        Thread.ofPlatform().name("own-network").start(() -> {
            try {
                enter();
                command("", ip.toString(), "link", "set", "lo", "up");
                for (String address : addresses) {
                    command("", ip.toString(), "address", "add", address, "dev", "lo");
                }
                command(rules, nft.toString(), "-f", "-");
                body.run();
                end.complete(true);
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        });
        try {
            end.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof Error error) {
                throw error;
            }
            throw cause instanceof Exception exception ? exception : e;
        }
    }

    /** This thread leaves the machine's network for a new one, unshare(2). */
    @SuppressWarnings("restricted") // the JDK has no other way to ask the kernel for it
    private static void enter() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle unshare = linker.downcallHandle(linker.defaultLookup().findOrThrow("unshare"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                Linker.Option.captureCallState("errno"));
        try (Arena arena = Arena.ofConfined()) {
            var errors = arena.allocate(Linker.Option.captureStateLayout());
            int result = (int) unshare.invokeExact(errors, CLONE_NEWNET);
            if (result != 0) {
                throw Peers.absent("no network namespace can be made here: errno " + errors.get(ValueLayout.JAVA_INT, 0)
                        + " (only root may: run the tests as root)");
            }
        }
    }

    private static void command(String input, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(COMMAND_MAX_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }
}
