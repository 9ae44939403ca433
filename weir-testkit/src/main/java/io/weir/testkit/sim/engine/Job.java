package io.weir.testkit.sim.engine;

import io.weir.core.model.HostTracker.Failure;

/** One attempt as a server sees it: so much work, and somebody who waits for the answer. */
abstract class Job {
    /** What is left of it is measured on the server's own clock, see {@link Server}. */
    double finishAt;
    /** The order of arrival, which decides between jobs that finish together. */
    long turn;
    private final long luck;

    Job(long luck) {
        this.luck = luck;
    }

    /** The seed of what is random about the request itself; the same for all its attempts and all contenders. */
    long luck() {
        return luck;
    }

    /** Nobody waits for it any more: a server that has not begun does not. */
    abstract boolean abandoned();

    /** The server has answered; it takes the answer some time to arrive. */
    abstract void answered(int status);

    /** The connection broke, or there was none. */
    abstract void broke(Failure how);
}
