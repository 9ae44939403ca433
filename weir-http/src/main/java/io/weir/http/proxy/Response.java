package io.weir.http.proxy;

import io.weir.http.codec.HeadCopy;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.net.transport.Worker;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an exchange's response: whose it is, its head, how far it has gone. Serves one exchange after
 * another; belongs to one worker.
 */
final class Response {
    private final Worker worker;
    private @Nullable HttpHead head;
    /** The head where it is this exchange's own: of an answer of Weir's, or a copy. */
    private @Nullable HttpHead own;
    private int status;
    private int hostStatus;
    private boolean started;
    private boolean endless;
    private boolean local;
    private long flags;
    private String details = "";

    Response(Worker worker) {
        this.worker = worker;
    }

    /** There is none yet. */
    void clear() {
        head = null;
        status = 0;
        hostStatus = 0;
        started = false;
        endless = false;
        local = false;
        flags = 0;
        details = "";
    }

    /** A host has answered. */
    void host(HttpHead its) {
        head = its;
        status = its.status();
        hostStatus = status;
        details = "via_upstream";
    }

    /** Weir answers, in the place of a host's response that has not gone, if there is one. The head is given away. */
    void local(HttpHead ours) {
        end();
        own = ours;
        head = ours;
        local = true;
    }

    /** The head, or a copy: one that stays until the exchange ends. */
    HttpHead keep(HttpHead one) {
        if (one == own) {
            return one;
        }
        end();
        var copy = Heads.of(worker).take();
        HeadCopy.response(one, copy);
        own = copy;
        head = copy;
        return copy;
    }

    /** A host's side forgets its head when its response has ended; filters may hold the client's end. */
    void keep() {
        if (head != null) {
            keep(head);
        }
    }

    /** The exchange is over. */
    void end() {
        head = null;
        var mine = own;
        own = null;
        if (mine != null) {
            Heads.of(worker).giveBack(mine);
        }
    }

    /** The head goes to the client. */
    void started(HttpHead passed) {
        started = true;
        endless = passed.framing() == Framing.CHUNKED || passed.framing() == Framing.UNTIL_CLOSE;
        status = passed.status();
    }

    /** What the status is before filters have seen it. */
    void status(int code) {
        status = code;
    }

    /** What logs are to say of it. */
    void note(String why, long responseFlags) {
        details = why;
        flags |= responseFlags;
    }

    /** Whether one has no body, whatever its head says (RFC 9110 section 6.4.1). */
    static boolean bodyless(HttpHead one, @Nullable HttpHead request) {
        return one.status() == 204 || one.status() == 304 || (request != null && request.methodIs("HEAD"));
    }

    @Nullable
    HttpHead head() {
        return head;
    }

    /** The status as the client sees it; 0 before there is any. */
    int status() {
        return status;
    }

    /** The status as the host has said it; 0 where none has. */
    int hostStatus() {
        return hostStatus;
    }

    /** Whether the head has gone to the client. */
    boolean started() {
        return started;
    }

    /** Whether its head has gone to the client and does not tell how long it is, so that it may have no end. */
    boolean endless() {
        return endless;
    }

    /** Whether it is Weir's own. */
    boolean local() {
        return local;
    }

    long flags() {
        return flags;
    }

    String details() {
        return details;
    }
}
