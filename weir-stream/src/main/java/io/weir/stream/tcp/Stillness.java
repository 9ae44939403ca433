package io.weir.stream.tcp;

import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;

/** Notices when nothing, or nothing of one side, has moved for too long. The worker's. */
final class Stillness extends TimerWheel.Timer {
    private final Session session;
    private final Worker worker;
    private final Idle idle;
    private long clientMovedNanos;
    private long hostMovedNanos;

    Stillness(Session session, Worker worker, Idle idle) {
        this.session = session;
        this.worker = worker;
        this.idle = idle;
    }

    /** Both sides stand now. */
    void begin(long nowNanos) {
        clientMovedNanos = nowNanos;
        hostMovedNanos = nowNanos;
        arm(dueNanos(nowNanos));
    }

    /** A side has sent something, or may speak again. */
    void moved(boolean client, long nowNanos) {
        if (client) {
            clientMovedNanos = nowNanos;
        } else {
            hostMovedNanos = nowNanos;
        }
    }

    private void arm(long dueNanos) {
        if (dueNanos != Long.MAX_VALUE) {
            worker.timers().arm(this, dueNanos);
        }
    }

    /** Armed once, not at every read: it looks at the clock only here. */
    @Override
    protected void expired(long nowNanos) {
        long dueNanos = dueNanos(nowNanos);
        if (dueNanos - nowNanos > 0) {
            arm(dueNanos);
        } else {
            session.still();
        }
    }

    /** When the connection has to end if nothing moves until then; the largest number for never. */
    long dueNanos(long nowNanos) {
        long both = idle.bothNanos() == 0 ? Long.MAX_VALUE : bothDueNanos(nowNanos);
        return Math.min(both, Math.min(
                Idle.sideDueNanos(idle.clientNanos(), clientMovedNanos, session.clientMaySpeak(), nowNanos),
                Idle.sideDueNanos(idle.hostNanos(), hostMovedNanos, session.hostMaySpeak(), nowNanos)));
    }

    private long bothDueNanos(long nowNanos) {
        long dueNanos = Math.max(clientMovedNanos, hostMovedNanos) + idle.bothNanos();
        if (dueNanos - nowNanos > 0) {
            return dueNanos;
        }
        // A slow reader holds its sender back, so that nothing is read for long while the kernel does send.
        return nowNanos + Math.max(0, idle.bothNanos() - session.sinceSentNanos());
    }
}
