package io.weir.app.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The demo backends of one Weir: called one, two, three ... ; where there are several, the last fails some requests.
 */
public final class Demo implements AutoCloseable {
    /** Every how many requests the last backend breaks off. */
    public static final int LAST_FAILS_EVERY = 4;

    private static final List<String> NAMES = List.of("one", "two", "three", "four", "five", "six", "seven", "eight");

    private final List<DemoBackend> backends;

    private Demo(List<DemoBackend> backends) {
        this.backends = List.copyOf(backends);
    }

    /**
     * Starts one backend at each address.
     *
     * @throws AddressTaken
     *             when one cannot be bound; those already started are closed again
     */
    public static Demo start(List<InetSocketAddress> addresses) throws AddressTaken {
        List<DemoBackend> started = new ArrayList<>();
        for (int i = 0; i < addresses.size(); i++) {
            String name = i < NAMES.size() ? NAMES.get(i) : "number " + (i + 1);
            boolean last = i > 0 && i == addresses.size() - 1;
            try {
                started.add(DemoBackend.start(name, addresses.get(i), last ? LAST_FAILS_EVERY : 0));
            } catch (IOException e) {
                started.forEach(DemoBackend::close);
                throw new AddressTaken(i, addresses.get(i), e);
            }
        }
        return new Demo(started);
    }

    /** The backends, in the order of their addresses. */
    public List<DemoBackend> backends() {
        return backends;
    }

    @Override
    public void close() {
        backends.forEach(DemoBackend::close);
    }

    /** An address could not be bound. */
    public static final class AddressTaken extends Exception {
        private static final long serialVersionUID = 1L;

        private final int index;
        private final String reason;

        AddressTaken(int index, InetSocketAddress address, IOException cause) {
            super(address.getHostString() + ":" + address.getPort() + ": " + cause.getMessage(), cause);
            this.index = index;
            this.reason = String.valueOf(cause.getMessage());
        }

        /** Why, in the system's words. */
        public String reason() {
            return reason;
        }

        /** Which of the addresses, from 0. */
        public int index() {
            return index;
        }
    }
}
