package io.weir.app.overload;

import io.weir.core.overload.Action;
import io.weir.core.overload.Relief;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.http.server.Relieving;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Has all workers give something up, each so much; no second time before all have done so. The conductor's. */
final class ReliefRound {
    private final Workers workers;
    private final Counter reset;
    /** Workers that have not done so yet. */
    private final AtomicInteger asked = new AtomicInteger();

    ReliefRound(Workers workers, Scope root) {
        this.workers = workers;
        this.reset = root.child(Action.RESET_HIGH_MEMORY_STREAM.fullName()).counter("count");
    }

    void ask(Relief what) {
        if (!what.resets() && !what.closes()) {
            return;
        }
        if (asked.compareAndSet(0, workers.all().size())) {
            workers.all().forEach(worker -> ask(worker, what));
        }
    }

    private void ask(Worker worker, Relief what) {
        try {
            worker.loop().execute(() -> relieve(worker, what));
        } catch (RejectedExecutionException e) { // it ends, and its connections with it
            asked.decrementAndGet();
        }
    }

    /** Whether any worker has yet to do what it was asked for. */
    boolean underWay() {
        return asked.get() > 0;
    }

    private void relieve(Worker worker, Relief what) {
        try {
            reset.add(Relieving.of(worker).relieve(what));
        } finally {
            asked.decrementAndGet();
        }
    }
}
