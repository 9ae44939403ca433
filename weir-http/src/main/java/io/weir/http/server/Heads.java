package io.weir.http.server;

import io.weir.http.codec.HttpHead;
import io.weir.net.transport.Worker;
import io.weir.net.transport.WorkerSlot;
import java.util.ArrayDeque;

/**
 * Heads that no request uses at the moment. A connection borrows one from the first byte of a request to the end of its
 * response, so that ten thousand idle connections hold none. Belongs to one worker.
 */
final class Heads {
    private static final int KEPT_MAX = 256;

    private static final WorkerSlot<Heads> SLOT = WorkerSlot.of(_ -> new Heads());

    private final ArrayDeque<HttpHead> free = new ArrayDeque<>();

    static Heads of(Worker worker) {
        return worker.slot(SLOT);
    }

    HttpHead take() {
        var head = free.pollLast();
        return head == null ? new HttpHead() : head;
    }

    void giveBack(HttpHead head) {
        if (free.size() < KEPT_MAX) {
            head.clear();
            free.addLast(head);
        }
    }
}
