package io.weir.stream.tcp;

import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;

/** Tells the access log of a connection as long as it lasts. The worker's. */
final class PeriodicLog extends TimerWheel.Timer {
    private final TcpProxy proxy;
    private final Session session;
    private final Worker worker;

    private PeriodicLog(TcpProxy proxy, Session session, Worker worker) {
        this.proxy = proxy;
        this.session = session;
        this.worker = worker;
    }

    /** Begins; nothing where nobody asks. */
    static void follow(TcpProxy proxy, Session session, Worker worker) {
        if (proxy.spec().logTimes().everyNanos() > 0) {
            new PeriodicLog(proxy, session, worker).again(worker.nowNanos());
        }
    }

    private void again(long nowNanos) {
        worker.timers().arm(this, nowNanos + proxy.spec().logTimes().everyNanos());
    }

    @Override
    protected void expired(long nowNanos) {
        if (proxy.lasts(session)) {
            proxy.log(session, "TcpPeriodic");
            again(nowNanos);
        }
    }
}
