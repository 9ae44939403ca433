package io.weir.net.handover;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The process before this one, which hands its sockets over. Used by one thread at a time, which waits. */
public final class Predecessor implements AutoCloseable {
    private static final int SOCKETS_MAX = 65_536;
    private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private final Wire wire;
    private final ListeningSockets sockets;
    private final Map<String, Integer> groups = new HashMap<>();
    private final long pid;
    private final int epoch;

    private Predecessor(Wire wire, ListeningSockets sockets, long pid, int epoch) {
        this.wire = wire;
        this.sockets = sockets;
        this.pid = pid;
        this.epoch = epoch;
    }

    /** Hears how the process before does, until it is gone. */
    public interface Follower {
        /** So many connections are left there. */
        void connections(long left);

        /** A counter of that name has grown there by so much, and its growth counts here from now on. */
        void counted(String name, long more);

        /** It is gone. */
        void gone();
    }

    /**
     * Meets the process that listens at this path, and takes its sockets: {@link ListeningSockets#take} has them.
     *
     * @throws IOException
     *             when it is not there, speaks another version, or does not answer in time; it serves on
     */
    public static Predecessor meet(Path path, ListeningSockets sockets) throws IOException {
        Socket socket = Wire.newSocket();
        Wire wire = new Wire(socket);
        try {
            socket.connect(new DomainSocketAddress(path.toString()));
            wire.send(Handover.WORD, deadline());
            String[] words = heard(wire).split(" ", -1);
            if (words.length != 4 || !(words[0] + ' ' + words[1]).equals(Handover.WORD)) {
                throw new IOException("it speaks another version: " + String.join(" ", words));
            }
            Predecessor found = new Predecessor(wire, sockets, Long.parseLong(words[2]), Integer.parseInt(words[3]));
            found.takeSockets();
            return found;
        } catch (NumberFormatException e) {
            wire.close();
            throw new IOException("not understood", e);
        } catch (IOException | RuntimeException e) {
            wire.close();
            throw e;
        }
    }

    private static long deadline() {
        return System.nanoTime() + ANSWER_NANOS_MAX;
    }

    private static String heard(Wire wire) throws IOException {
        String line = wire.line(deadline());
        if (line == null) {
            throw new IOException("it has gone");
        }
        return line;
    }

    private void takeSockets() throws IOException {
        for (String line = heard(wire); !line.equals(Handover.END); line = heard(wire)) {
            String[] words = line.split(" ", 3);
            int count = words.length == 3 && words[0].equals(Handover.SOCKETS) ? Integer.parseInt(words[1]) : 0;
            if (count < 1 || count > SOCKETS_MAX) {
                throw new IOException("not understood: " + line);
            }
            List<Integer> descriptors = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                descriptors.add(wire.descriptor(deadline()));
            }
            sockets.given(words[2], descriptors);
            groups.merge(words[2], 1, Integer::sum);
        }
    }

    /** Its process id. */
    public long pid() {
        return pid;
    }

    /** How many processes came before it, each by a handover. */
    public int epoch() {
        return epoch;
    }

    /** This process serves: the other one is to leave, and to leave alone what has been taken from it. */
    public void serving() throws IOException {
        Map<String, Integer> left = new HashMap<>(groups);
        for (ListeningSockets.Opened own : sockets.all()) {
            // what was bound here beside the other one's is not the other one's: it has its queue to take
            if (own.others() && left.merge(own.asked(), -1, Integer::sum) >= 0) {
                wire.send(Handover.TOOK + ' ' + own.asked(), deadline());
            }
        }
        sockets.closeRest();
        wire.send(Handover.SERVING, deadline());
        sockets.all().forEach(own -> own.others(false));
    }

    /** This process will not serve, and why; the other one serves on. */
    public void failed(String why) {
        try {
            wire.send(Handover.FAILED + ' ' + why.replace('\n', ' '), deadline());
        } catch (IOException e) {
            // it learns by this one's end that nothing came of it
        }
        close();
    }

    /** Listens to it until it is gone. Waits. */
    public void follow(Follower follower) {
        try {
            for (String line = next(); line != null; line = next()) {
                String[] words = line.split(" ", 3);
                if (words[0].equals(Handover.CONNECTIONS) && words.length == 2) {
                    follower.connections(Long.parseLong(words[1]));
                } else if (words[0].equals(Handover.COUNTER) && words.length == 3) {
                    follower.counted(words[2], Long.parseLong(words[1]));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // killed, or not understood: its numbers are lost, and nothing else
        }
        follower.gone();
        close();
    }

    private @Nullable String next() throws IOException {
        return wire.line(System.nanoTime() + Handover.SILENCE_NANOS_MAX);
    }

    @Override
    public void close() {
        wire.close();
    }
}
