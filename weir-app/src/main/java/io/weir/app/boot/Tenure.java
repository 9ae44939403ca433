package io.weir.app.boot;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service's time at a listener: from its first connection to the end of its last, which may be long after another
 * took its place. Then it lets go of its access logs. Any thread.
 */
final class Tenure {
    /** Counts the connections, and one for the time in which more may come. */
    private final AtomicInteger holders = new AtomicInteger(1);
    private final Service service;

    Tenure(Service service) {
        this.service = service;
    }

    Service service() {
        return service;
    }

    /** Whether one more connection is served; false: another took its place, and it has let go of everything. */
    boolean connectionOpened() {
        int now = holders.get();
        while (now > 0) {
            int seen = holders.compareAndExchange(now, now + 1);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    void connectionEnded() {
        letGo();
    }

    /**
     * Another service takes its place: connections are asked to end at once, so that they soon come back to the other
     * one. Streams and tunnels, which cannot be asked, go on as long as they like. Once.
     */
    void replaced(Drains drains) {
        service.drain().drain(drains.atOnce());
        letGo();
    }

    /** Its listener is gone: connections are asked to end, and closed when the drain's time is over. Once. */
    void over(Drains drains) {
        service.drain().drain(drains.ofListeners());
        letGo();
        if (holders.get() > 0) {
            drains.whenOver(service.closeAll());
        }
    }

    /** One holder less: a connection, or the time in which more may come. */
    void letGo() {
        if (holders.decrementAndGet() == 0) {
            service.forget().run();
        }
    }
}
