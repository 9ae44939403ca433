package io.weir.app.boot;

import io.weir.core.drain.Drain;
import io.weir.core.time.NanoClock;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the process ends without loss, and how its listeners do. Any thread. */
final class Departure {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);
    /** How often a drain looks whether the last connection has gone. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Listeners listeners;
    private final Drains drains;
    private final RunOptions options;
    private final Conductor conductor;
    private final NanoClock clock;
    private final Life life;
    /** The conductor's. */
    private boolean listenersDrain;

    Departure(Listeners listeners, Drains drains, RunOptions options, Conductor conductor, NanoClock clock, Life life) {
        this.listeners = listeners;
        this.drains = drains;
        this.options = options;
        this.conductor = conductor;
        this.clock = clock;
        this.life = life;
    }

    /**
     * Asks connections to end, one after another, and takes new ones meanwhile: whoever sends clients here needs a
     * moment to learn that it should not, and clients that are asked may come back once before they learn. When all
     * have been asked, or the last has gone, listeners close; when the last has gone or the drain time is over, the
     * process may end. False when that had begun already.
     */
    boolean begin() {
        if (!life.draining()) {
            return false;
        }
        long deadlineNanos = clock.nanos() + options.drainNanos();
        LOG.info("draining: {} connections have {} s", listeners.connections(),
                TimeUnit.NANOSECONDS.toSeconds(options.drainNanos()));
        conductor.execute(() -> {
            listeners.certifyNoMore();
            Drain drain = drains.ofTheProcess();
            listeners.drain(drain, false);
            look(drain, deadlineNanos, true);
        });
        return true;
    }

    /**
     * Another process has the sockets of this one's listeners: they are closed here, and connections are asked to end
     * over the drain time. Sessions of datagrams stay for answers until they are idle. When the last has gone, or the
     * time of {@code --parent-shutdown-time-s} is over, the process may end.
     */
    void succeeded() {
        if (!life.draining()) {
            return;
        }
        long deadlineNanos = clock.nanos() + options.parentShutdownNanos();
        LOG.info("draining after the handover: {} connections", listeners.connections());
        conductor.execute(() -> {
            listeners.certifyNoMore();
            listeners.handedOver();
            Drain drain = drains.ofListeners();
            listeners.drain(drain, false);
            look(drain, deadlineNanos, false);
        });
    }

    private void look(Drain drain, long deadlineNanos, boolean accepting) {
        long left = listeners.connections();
        boolean timeOver = clock.nanos() - deadlineNanos >= 0;
        if (accepting && (left == 0 || drain.asksAll(clock.nanos()))) {
            listeners.stopAccepting();
            // The last that waited there are only now on their way to their workers: they are counted at the next look.
            conductor.after(LOOK_NANOS, () -> look(drain, deadlineNanos, false));
        } else if (left == 0 || timeOver) {
            LOG.info(left == 0 ? "drained" : "the drain time is over with {} connections left", left);
            life.end();
        } else {
            conductor.after(LOOK_NANOS, () -> look(drain, deadlineNanos, accepting));
        }
    }

    /**
     * Closes listeners, and nothing else: at once, when connections go on as they are; or gracefully, when they are
     * asked to end over the drain time and listeners close at its end. A graceful drain that runs is not begun again.
     *
     * @param inboundOnly
     *            only those of traffic on its way in
     * @param skipExit
     *            whether listeners stay open even then
     */
    void ofListeners(boolean graceful, boolean inboundOnly, boolean skipExit) {
        conductor.execute(() -> {
            if (!graceful) {
                listeners.stopAccepting(inboundOnly);
            } else if (!listenersDrain && !life.leaving()) {
                listenersDrain = true;
                listeners.drain(drains.ofListeners(), inboundOnly);
                drains.whenOver(() -> {
                    if (!skipExit) {
                        listeners.stopAccepting(inboundOnly);
                    }
                });
            }
        });
    }
}
