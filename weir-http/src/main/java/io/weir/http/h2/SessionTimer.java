package io.weir.http.h2;

import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;

/**
 * The times of one session: the answer to our SETTINGS, PINGs that keep it alive and their answers, streams whose bytes
 * nobody takes, and the end of a drain. One timer serves all, and it is lazy, as a connection's is.
 */
final class SessionTimer extends TimerWheel.Timer {
    private static final long NEVER = Long.MAX_VALUE;
    /** How often streams are looked at that wait for their peer. */
    private static final long LOOK_NANOS = 1_000_000_000L;
    private static final long KEEP_ALIVE_PING = 0x5765697250696e67L;
    private static final long DRAIN_PING = 0x5765697244726169L;

    private final Http2Session session;
    private final Worker worker;
    private final Http2Options.KeepAlive keepAlive;
    private long flushTimeoutNanos;
    private long settingsTimeoutNanos;
    private long pingDue = NEVER;
    private long answerDue = NEVER;
    private long lookDue = NEVER;
    private long drainDue = NEVER;
    private long settingsDue = NEVER;
    private long armedForNanos;

    SessionTimer(Http2Session session, Worker worker, Http2Options.KeepAlive keepAlive) {
        this.session = session;
        this.worker = worker;
        this.keepAlive = keepAlive;
    }

    void start() {
        if (keepAlive.intervalNanos() > 0) {
            pingDue = nextPing(worker.nowNanos());
            arm();
        }
    }

    /** How long what a stream has to send may wait without moving; 0: for ever. */
    void flushTimeout(long nanos) {
        flushTimeoutNanos = nanos;
    }

    /** How long the peer may take to acknowledge our SETTINGS, those that are on their way too; 0: for ever. */
    void settingsTimeout(long nanos) {
        settingsTimeoutNanos = nanos;
        settingsSent();
    }

    /** SETTINGS of ours are on their way (RFC 9113 section 6.5.3). */
    void settingsSent() {
        if (settingsTimeoutNanos > 0) {
            settingsDue = worker.nowNanos() + settingsTimeoutNanos;
            arm();
        }
    }

    /** The peer has acknowledged them. */
    void settingsAcknowledged() {
        settingsDue = NEVER;
    }

    private long nextPing(long now) {
        double jitter = keepAlive.jitterPercent() / 100 * worker.random().nextDouble();
        return now + keepAlive.intervalNanos() + (long) (keepAlive.intervalNanos() * jitter);
    }

    /** Asks now whether the peer is there, unless it is being asked. */
    void ask() {
        if (answerDue == NEVER && keepAlive.timeoutNanos() > 0) {
            session.writer().ping(KEEP_ALIVE_PING, false);
            answerDue = worker.nowNanos() + keepAlive.timeoutNanos();
            arm();
            session.flush();
        }
    }

    /** A stream has bytes that the peer or the socket does not take. */
    void sendingWaits() {
        if (flushTimeoutNanos > 0 && lookDue == NEVER) {
            lookDue = worker.nowNanos() + Math.min(LOOK_NANOS, flushTimeoutNanos);
            arm();
        }
    }

    /** The peer has been told that we are going away; its answer to a PING, or this time, says that it has heard. */
    void drainBegins(long patienceNanos) {
        session.writer().ping(DRAIN_PING, false);
        drainDue = worker.nowNanos() + patienceNanos;
        arm();
    }

    void answered(long opaque) {
        if (opaque == KEEP_ALIVE_PING) {
            answerDue = NEVER;
        } else if (opaque == DRAIN_PING && drainDue != NEVER) {
            drainDue = NEVER;
            session.drained();
        }
    }

    void cancel() {
        worker.timers().cancel(this);
        pingDue = answerDue = lookDue = drainDue = settingsDue = NEVER;
    }

    private void arm() {
        long due = Math.min(settingsDue, Math.min(Math.min(pingDue, answerDue), Math.min(lookDue, drainDue)));
        if (due == NEVER || (armed() && armedForNanos - due <= 0)) {
            return;
        }
        armedForNanos = due;
        worker.timers().arm(this, due);
    }

    @Override
    protected void expired(long now) {
        if (answerDue <= now) {
            session.stats().keepaliveTimeout.increment();
            session.end(Http2Error.NO_ERROR, "http2.keepalive_timeout");
            return;
        }
        if (settingsDue <= now) {
            session.error(Http2Error.SETTINGS_TIMEOUT, "http2.settings_timeout");
            return;
        }
        if (drainDue <= now) {
            drainDue = NEVER;
            session.drained();
        }
        if (pingDue <= now) {
            pingDue = nextPing(now);
            ask();
        }
        if (lookDue <= now) {
            lookDue = look(now) ? now + Math.min(LOOK_NANOS, flushTimeoutNanos) : NEVER;
        }
        if (!session.isOver()) {
            arm();
        }
    }

    /** Resets streams of which nothing has left for too long; says whether others still wait. */
    private boolean look(long now) {
        boolean waits = false;
        for (var stream : session.table().all()) {
            if (stream == null || stream.waitingBytes == 0) {
                continue;
            }
            if (now - stream.movedNanos >= flushTimeoutNanos) {
                session.life().flushTimedOut(stream);
            } else {
                waits = true;
            }
        }
        session.flush();
        return waits;
    }
}
