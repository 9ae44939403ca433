package io.weir.net.handover;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The process that is to take over from this one. Used by one thread, which waits. */
public final class Successor implements AutoCloseable {
    private static final long TELL_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
    private static final int ADDRESS_BYTES = 26;

    private final Path path;
    private final Socket listening;
    private final ListeningSockets sockets;
    private @Nullable Wire wire;

    private Successor(Path path, Socket listening, ListeningSockets sockets) {
        this.path = path;
        this.listening = listening;
        this.sockets = sockets;
    }

    /** What came of it. */
    public sealed interface Outcome {
        /** It serves; {@link ListeningSockets.Opened#others} tells what it listens on. */
        record Serves() implements Outcome {
        }

        /** It does not, and never will. */
        record Failed(String why) implements Outcome {
        }
    }

    /**
     * Listens for it at this path, which nobody else is to reach.
     *
     * @throws IOException
     *             when that cannot be
     */
    public static Successor await(Path path, ListeningSockets sockets) throws IOException {
        Socket socket = Wire.newSocket();
        try {
            socket.bind(new DomainSocketAddress(path.toString()));
            socket.listen(1);
            return new Successor(path, socket, sockets);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Hands it the sockets, and waits until it serves or is clear that it will not.
     *
     * @param alive
     *            whether its process lives
     * @param epoch
     *            how many processes came before this one
     */
    public Outcome handOver(BooleanSupplier alive, int epoch, long deadlineNanos) {
        try {
            Wire met = meet(alive, deadlineNanos);
            wire = met;
            String word = met.line(deadlineNanos);
            if (word == null) {
                return new Outcome.Failed("it ended before it served");
            }
            if (!word.equals(Handover.WORD)) {
                met.send(Handover.WORD, deadlineNanos);
                return new Outcome.Failed("it speaks another version: " + word);
            }
            met.send(Handover.WORD + ' ' + ProcessHandle.current().pid() + ' ' + epoch, deadlineNanos);
            long sentNanos = Math.min(deadlineNanos, System.nanoTime() + TELL_NANOS_MAX);
            List<ListeningSockets.Opened> all = sockets.whileOpen(each -> {
                met.send(Handover.SOCKETS + ' ' + each.descriptors().size() + ' ' + each.asked(), sentNanos);
                for (int descriptor : each.descriptors()) {
                    met.sendDescriptor(descriptor, sentNanos);
                }
            });
            met.send(Handover.END, deadlineNanos);
            return outcome(met, all, deadlineNanos);
        } catch (IOException e) {
            return new Outcome.Failed(String.valueOf(e.getMessage()));
        }
    }

    private Wire meet(BooleanSupplier alive, long deadlineNanos) throws IOException {
        byte[] address = new byte[ADDRESS_BYTES];
        while (true) {
            int descriptor = listening.accept(address);
            if (descriptor > 0) {
                return new Wire(new Socket(descriptor));
            }
            if (!alive.getAsBoolean()) {
                throw new IOException("it ended before it served");
            }
            Wire.pause(deadlineNanos);
        }
    }

    private static Outcome outcome(Wire wire, List<ListeningSockets.Opened> all, long deadlineNanos)
            throws IOException {
        Set<ListeningSockets.Opened> taken = new HashSet<>();
        for (String line = wire.line(deadlineNanos); line != null; line = wire.line(deadlineNanos)) {
            int space = line.indexOf(' ');
            String rest = line.substring(space + 1);
            switch (space < 0 ? line : line.substring(0, space)) {
                case Handover.TOOK -> all.stream()
                        .filter(each -> each.asked().equals(rest) && !taken.contains(each)).findFirst()
                        .ifPresent(taken::add);
                case Handover.FAILED -> {
                    return new Outcome.Failed(rest);
                }
                case Handover.SERVING -> {
                    // before it says so it closes what it has not taken
                    all.forEach(each -> each.lent(taken.contains(each)));
                    taken.forEach(each -> each.others(true));
                    return new Outcome.Serves();
                }
                default -> throw new IOException("not understood: " + line);
            }
        }
        return new Outcome.Failed("it ended before it served");
    }

    /** Tells it how many connections are left here. */
    public void connections(long left) throws IOException {
        tell(Handover.CONNECTIONS + ' ' + left);
    }

    /** Tells it by how much a counter has grown. */
    public void counted(String name, long more) throws IOException {
        tell(Handover.COUNTER + ' ' + more + ' ' + name);
    }

    private void tell(String line) throws IOException {
        Wire met = wire;
        if (met == null) {
            throw new IllegalStateException("nobody was met");
        }
        met.send(line, System.nanoTime() + TELL_NANOS_MAX);
    }

    @Override
    public void close() {
        Wire met = wire;
        if (met != null) {
            met.close();
        }
        try {
            listening.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // a temporary file stays behind
        }
    }
}
