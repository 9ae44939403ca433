package io.weir.net.handover;

import io.netty.channel.unix.FileDescriptor;
import io.weir.core.model.AddressText;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets by which this process listens, to be handed to the next one, and those that it was handed itself.
 * Descriptors belong to the process, so there is one of this for all. Any thread.
 */
public final class ListeningSockets {
    /** Those of this process. */
    public static final ListeningSockets PROCESS = new ListeningSockets();

    private static final Logger LOG = LoggerFactory.getLogger(ListeningSockets.class);

    /** Before the address of those that take datagrams. */
    private static final String DATAGRAMS = "udp:";

    private final List<Opened> opened = new ArrayList<>();
    private final Map<String, Deque<List<Integer>>> given = new LinkedHashMap<>();

    /** The sockets of one address. */
    public static final class Opened {
        private final String asked;
        private final List<Integer> descriptors;
        private volatile boolean others;
        private volatile boolean lent;
        private volatile boolean handed;

        private Opened(String asked, List<Integer> descriptors, boolean others) {
            this.asked = asked;
            this.descriptors = List.copyOf(descriptors);
            this.others = others;
            this.handed = others;
        }

        /** The address as the configuration has it. */
        String asked() {
            return asked;
        }

        List<Integer> descriptors() {
            return descriptors;
        }

        void others(boolean now) {
            others = now;
        }

        /**
         * Whether another process listens by them: one that was handed them, or that handed them over and was not told
         * yet that they serve here. What is found by their address is its own to remove.
         */
        public boolean others() {
            return others;
        }

        /**
         * Whether what is done to the sockets themselves is done to no other process: none has them, as far as can be
         * known, nor may one be about to serve by them, or to serve on.
         */
        public boolean alone() {
            return !others && !lent && !handed;
        }

        void lent(boolean now) {
            lent = now;
        }
    }

    /**
     * Sockets listen from now on.
     *
     * @param handed
     *            whether they were {@link #take}n
     */
    public synchronized Opened opened(SocketAddress asked, List<Integer> descriptors, boolean handed) {
        Opened sockets = new Opened(AddressText.of(asked), descriptors, handed);
        opened.add(sockets);
        return sockets;
    }

    /** The same of sockets that take datagrams, which may have the address of others that take connections. */
    public synchronized Opened openedDatagrams(SocketAddress asked, List<Integer> descriptors, boolean handed) {
        Opened sockets = new Opened(DATAGRAMS + AddressText.of(asked), descriptors, handed);
        opened.add(sockets);
        return sockets;
    }

    /**
     * They are about to be closed, and are not to be handed over any more. Waits while they are, for some seconds at
     * most.
     */
    public synchronized void closing(Opened sockets) {
        opened.remove(sockets);
    }

    synchronized List<Opened> all() {
        return List.copyOf(opened);
    }

    /** What is done with all that listens now. */
    @FunctionalInterface
    interface Use {
        void with(Opened sockets) throws IOException;
    }

    /**
     * Does something with each of those that listen now. Nobody closes any of them meanwhile: who wants to, waits, as a
     * descriptor that is closed may be somebody else's in the next moment.
     *
     * @return all of them
     */
    synchronized List<Opened> whileOpen(Use use) throws IOException {
        List<Opened> all = List.copyOf(opened);
        for (Opened each : all) {
            each.lent(true);
            use.with(each);
        }
        return all;
    }

    /** The process to which all were handed has ended, and serves by none of them. */
    public synchronized void takenBack() {
        opened.forEach(each -> each.lent(false));
    }

    /** The process before has closed whatever listens there. */
    public synchronized void inherited() {
        opened.forEach(each -> each.handed = false);
    }

    /** The process before handed these over; they are this process's own to close. */
    synchronized void given(String asked, List<Integer> descriptors) {
        given.computeIfAbsent(asked, _ -> new ArrayDeque<>()).add(List.copyOf(descriptors));
    }

    /**
     * Descriptors of sockets that listen at this address already, the caller's from now on. Of several for one address,
     * as for port 0, those that were opened first. Empty: there are none that fit.
     *
     * @param fits
     *            whether each of them will do; where one does not, all of them stay here
     */
    public synchronized List<Integer> take(SocketAddress asked, IntPredicate fits) {
        return take(AddressText.of(asked), fits);
    }

    /** The same of sockets that take datagrams. */
    public synchronized List<Integer> takeDatagrams(SocketAddress asked) {
        return take(DATAGRAMS + AddressText.of(asked), _ -> true);
    }

    private List<Integer> take(String asked, IntPredicate fits) {
        Deque<List<Integer>> found = given.get(asked);
        List<Integer> first = found == null ? null : found.peek();
        if (found == null || first == null || !first.stream().allMatch(fits::test)) {
            return List.of();
        }
        found.remove();
        return first;
    }

    /**
     * What was handed over and nobody has taken.
     *
     * @param asked
     *            the address as the configuration had it
     */
    public record Left(String asked, List<Integer> descriptors) {
        public Left {
            descriptors = List.copyOf(descriptors);
        }
    }

    /** All of that which takes connections; it stays where it is. */
    public synchronized List<Left> left() {
        List<Left> left = new ArrayList<>();
        given.forEach((asked, groups) -> {
            if (!asked.startsWith(DATAGRAMS)) {
                groups.forEach(group -> left.add(new Left(asked, group)));
            }
        });
        return left;
    }

    /** Closes what was handed over and nobody took. */
    public synchronized void closeRest() {
        given.forEach((asked, groups) -> groups.forEach(group -> {
            LOG.info("{} is not listened on any more", asked);
            group.forEach(ListeningSockets::close);
        }));
        given.clear();
    }

    private static void close(int descriptor) {
        try {
            new FileDescriptor(descriptor).close();
        } catch (IOException e) {
            LOG.debug("a socket could not be closed", e);
        }
    }
}
