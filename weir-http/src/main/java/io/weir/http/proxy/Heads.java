package io.weir.http.proxy;

import io.weir.http.codec.HttpHead;
import io.weir.net.transport.Worker;
import io.weir.net.transport.WorkerSlot;
import java.util.ArrayDeque;

/**
 * Heads that no request uses at the moment. A connection borrows one from the first byte of a request to the end of its
 * response, so that ten thousand idle connections hold none. Belongs to one worker.
 */
public final class Heads {
    private static final int KEPT_MAX = 256;

    private static final WorkerSlot<Heads> SLOT = WorkerSlot.of(_ -> new Heads());

    private final ArrayDeque<HttpHead> free = new ArrayDeque<>();

    /** This worker's. */
    public static Heads of(Worker worker) {
        return worker.slot(SLOT);
    }

    /** Whether nothing follows the head of this request. */
    static boolean bodyless(HttpHead request) {
        return request.framing() == HttpHead.Framing.NONE || request.contentLength() == 0;
    }

    /** An empty head, to be given back. */
    public HttpHead take() {
        var head = free.pollLast();
        return head == null ? new HttpHead() : head;
    }

    /** The head of an answer without fields so far, to be given back. */
    HttpHead answer(int status) {
        var head = take();
        head.status(status);
        return head;
    }

    /** Takes a head back. */
    public void giveBack(HttpHead head) {
        head.clear(); // a large one gives its array back
        if (free.size() < KEPT_MAX) {
            free.addLast(head);
        }
    }
}
