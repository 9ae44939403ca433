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

    void connectionOpened() {
        holders.incrementAndGet();
    }

    void connectionEnded() {
        release();
    }

    /** No more connections come; those there are are asked to end. Once. */
    void over() {
        service.drain().run();
        release();
    }

    private void release() {
        if (holders.decrementAndGet() == 0) {
            service.forget().run();
        }
    }
}
