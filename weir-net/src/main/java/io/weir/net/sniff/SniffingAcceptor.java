package io.weir.net.sniff;

import io.netty.channel.Channel;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Scope;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.Worker;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has connections looked at before it passes them on. A connection of which nothing must be awaited is passed on at
 * once; of any other so much is read as somebody asks for, and passed on unread. Any worker.
 */
public final class SniffingAcceptor implements Acceptor {
    /** How connections are to come: nothing is read before somebody asks, and their end is not ours to answer. */
    public static final ChannelSettings SETTINGS = ChannelSettings.MESSAGES.withAutoRead(false).withHalfClosure(true);

    private static final Logger LOG = LoggerFactory.getLogger(SniffingAcceptor.class);
    private static final long LINE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String listener;
    private final List<Inspector> inspectors;
    private final long timeoutNanos;
    private final boolean continues;
    private final Acceptor inner;
    private final Counter timedOut;
    private final Counter remoteClosed;
    private final Counter refused;
    private final Gauge waiting;
    private final AtomicLong lineNanos;

    /**
     * @param listener
     *            its name, for log lines
     * @param inspectors
     *            in their order
     * @param timeoutNanos
     *            how long all of them may wait together; 0: for ever
     * @param continues
     *            whether a connection goes on when that is over; otherwise it is closed
     * @param scope
     *            of the listener
     */
    public SniffingAcceptor(String listener, List<Inspector> inspectors, long timeoutNanos, boolean continues,
            Scope scope, Acceptor inner) {
        this.listener = listener;
        this.inspectors = List.copyOf(inspectors);
        this.timeoutNanos = timeoutNanos;
        this.continues = continues;
        this.inner = inner;
        this.timedOut = scope.counter("downstream_pre_cx_timeout");
        this.remoteClosed = scope.counter("downstream_listener_filter_remote_close");
        this.refused = scope.counter("downstream_listener_filter_error");
        this.waiting = scope.gauge("downstream_pre_cx_active");
        this.lineNanos = new AtomicLong(System.nanoTime() - LINE_EVERY_NANOS);
        waiting.set(waiting.value());
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        var sniffer = new Sniffer(this, worker, channel);
        switch (sniffer.look()) {
            case DONE -> inner.accepted(worker, channel);
            case REFUSED -> refuse(channel);
            case MORE -> channel.pipeline().addLast(sniffer);
        }
    }

    @Override
    public void acceptFailed(Worker worker, Throwable cause) {
        inner.acceptFailed(worker, cause);
    }

    List<Inspector> inspectors() {
        return inspectors;
    }

    long timeoutNanos() {
        return timeoutNanos;
    }

    Gauge waiting() {
        return waiting;
    }

    Acceptor inner() {
        return inner;
    }

    void refuse(Channel channel) {
        refused.increment();
        channel.close();
    }

    void remoteClosed() {
        remoteClosed.increment();
    }

    /**
     * A client has not said enough in time.
     *
     * @return whether the connection goes on
     */
    boolean timedOut(Channel channel, String inspector, int bytes) {
        timedOut.increment();
        long now = System.nanoTime();
        long last = lineNanos.get();
        if (now - last >= LINE_EVERY_NANOS && lineNanos.compareAndSet(last, now)) {
            LOG.warn("listener {}: {} waited {} ms for the first bytes of {}, {} came, and the connection {}; a client"
                    + " whose server speaks first says nothing: switch the filter off for its port (filter_disabled)"
                    + " or give it a listener of its own. Told at most every {} s; downstream_pre_cx_timeout counts.",
                    listener, inspector, TimeUnit.NANOSECONDS.toMillis(timeoutNanos), channel.remoteAddress(), bytes,
                    continues ? "goes on without" : "is closed", TimeUnit.NANOSECONDS.toSeconds(LINE_EVERY_NANOS));
        }
        return continues;
    }
}
