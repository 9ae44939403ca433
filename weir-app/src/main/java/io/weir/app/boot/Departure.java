package io.weir.app.boot;

import io.weir.app.admin.Administered.Which;
import io.weir.core.time.NanoClock;
import java.util.List;
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

    Departure(Listeners listeners, Drains drains, RunOptions options, Conductor conductor, NanoClock clock, Life life) {
        this.listeners = listeners;
        this.drains = drains;
        this.options = options;
        this.conductor = conductor;
        this.clock = clock;
        this.life = life;
    }

    /**
     * What is to be done next in a drain.
     *
     * @param acceptUntilNanos
     *            until then listeners take connections and datagrams
     * @param deadlineNanos
     *            who is left then is not waited for
     * @param patient
     *            whether they do even when nothing is open
     */
    record Parting(long acceptUntilNanos, long deadlineNanos, boolean patient) {
        enum Step {
            /** Listeners go on taking what comes. */
            TAKE,
            /** Listeners close. */
            CLOSE,
            /** They are closed, and connections are left. */
            WAIT,
            /** The process may end. */
            END
        }

        /**
         * @param accepting
         *            whether listeners have not been closed yet
         * @param left
         *            connections that are open
         */
        Step next(boolean accepting, long left, long nowNanos) {
            if (accepting) {
                return (left == 0 && !patient) || nowNanos - acceptUntilNanos >= 0 ? Step.CLOSE : Step.TAKE;
            }
            return left == 0 || nowNanos - deadlineNanos >= 0 ? Step.END : Step.WAIT;
        }
    }

    /**
     * Asks connections to end, one after another, and takes new ones meanwhile, and datagrams: whoever sends clients
     * here needs a moment to learn that it should not, and clients that are asked may come back once before they learn.
     * Behind that moment listeners close; when the last connection has gone or the drain time is over, the process may
     * end. False when that had begun already.
     *
     * @param patient
     *            whether that moment is given when nothing is open, too: clients whose connections are short have none
     *            open half of the time, and those of datagrams never have one. Whoever sits before a terminal would
     *            wait for nobody
     */
    boolean begin(boolean patient) {
        if (!life.draining()) {
            return false;
        }
        long nowNanos = clock.nanos();
        LOG.info("draining: {} connections have {} s", listeners.connections(),
                TimeUnit.NANOSECONDS.toSeconds(options.drainNanos()));
        conductor.execute(() -> {
            listeners.certifyNoMore();
            listeners.drain(drains.ofTheProcess());
            drains.endAll(listeners::endStreams, () -> true);
            look(new Parting(nowNanos + drains.acceptNanos(), nowNanos + options.drainNanos(),
                    patient && !listeners.lines().isEmpty()), true);
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
        long nowNanos = clock.nanos();
        var parting = new Parting(nowNanos, nowNanos + options.parentShutdownNanos(), false);
        LOG.info("draining after the handover: {} connections", listeners.connections());
        conductor.execute(() -> {
            listeners.certifyNoMore();
            listeners.handedOver();
            listeners.drain(drains.ofListeners());
            drains.endAll(listeners::endStreams, options.parentShutdownNanos(), () -> true);
            look(parting, false);
        });
    }

    private void look(Parting parting, boolean accepting) {
        long left = listeners.connections();
        switch (parting.next(accepting, left, clock.nanos())) {
            case TAKE, WAIT -> conductor.after(LOOK_NANOS, () -> look(parting, accepting));
            case CLOSE -> {
                listeners.stopAccepting();
                // The last that waited there are only now on their way to their workers: they count at the next look.
                conductor.after(LOOK_NANOS, () -> look(parting, false));
            }
            case END -> {
                LOG.info(left == 0 ? "drained" : "the drain time is over with {} connections left", left);
                life.end();
            }
        }
    }

    /**
     * Closes listeners, and nothing else: at once, when connections go on as they are; or gracefully, when they are
     * asked to end over the drain time and listeners close at its end. A graceful drain that runs at one of them is not
     * begun again; one that comes meanwhile is none of them. False when there is none of them.
     *
     * @param skipExit
     *            whether listeners stay open even then
     */
    boolean ofListeners(Which which, boolean graceful, boolean skipExit) {
        if (!listeners.any(which)) {
            return false;
        }
        conductor.execute(() -> {
            if (!graceful) {
                listeners.stopping(which).run();
            } else if (!life.leaving()) {
                List<OpenListener> begun = listeners.drain(drains.ofListeners(), which);
                drains.endStreams((turns, nowNanos) -> begun.forEach(each -> each.endStreams(turns, nowNanos)),
                        () -> !begun.isEmpty());
                if (!skipExit) { // also for those that drain already and were not to close
                    drains.whenOver(listeners.stopping(which));
                }
            }
        });
        return true;
    }
}
