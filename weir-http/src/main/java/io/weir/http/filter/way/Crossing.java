package io.weir.http.filter.way;

import io.weir.http.filter.FilterStep;
import io.weir.http.filter.time.FilterTimes;
import org.jspecify.annotations.Nullable;

/**
 * Both directions of one exchange. Whoever enters from outside leaves it settled: what may go on has gone on, senders
 * know whether to send. What senders then send at once enters anew, behind all that was before it. Belongs to one
 * worker.
 */
public final class Crossing {
    private final Way request;
    private final Way response;
    private final Outside outside;
    private int depth;
    private boolean flushOwed;

    /** What an exchange does for its crossing beside passing things on. */
    public interface Outside {
        /** Sends what was written in both directions. */
        void flush();

        /**
         * The request's head is about to leave a step: the steps that it passes, where those that have not heard of it
         * are others by now; null: they are the same.
         */
        FilterStep @Nullable [] onward();

        /** A filter has failed where nobody else hears of it: nothing can come of the exchange. */
        void failed(RuntimeException bug);
    }

    /** Nothing is passing. */
    public Crossing(Sink toHost, Sink toClient, Outside outside) {
        this.request = new Way(this, toHost, false);
        this.response = new Way(this, toClient, true);
        this.outside = outside;
    }

    /** The way to the host. */
    public Way request() {
        return request;
    }

    /** The way to the client. */
    public Way response() {
        return response;
    }

    /** Takes the time of the exchange at hand; null: of none. */
    public void time(@Nullable FilterTimes times) {
        request.time(times);
        response.time(times);
    }

    /** How many bytes wait in both directions. For rare events. */
    public long heldBytes() {
        return heldBytes(request) + heldBytes(response);
    }

    private static long heldBytes(Way way) {
        long bytes = way.exit.gate.bytes;
        for (var gate : way.gates) {
            bytes += gate.bytes;
        }
        return bytes;
    }

    /** The exchange is over: what waits is let go. */
    public void clear() {
        request.close();
        response.close();
    }

    /** Steps are about to be asked. */
    public void enter() {
        depth++;
    }

    /** Undoes {@link #enter}, whatever happened. */
    public void leave() {
        depth--;
    }

    /** To be called behind {@link #leave} when all went well. */
    public void settle() {
        if (depth > 0) {
            return;
        }
        try {
            boolean going = true;
            while (going) {
                going = goOn();
            }
            request.source();
            response.source();
        } catch (RuntimeException bug) {
            outside.failed(bug);
        }
        if (flushOwed) {
            flushOwed = false;
            outside.flush();
        }
    }

    private boolean goOn() {
        depth++;
        try {
            return request.goOn() || response.goOn();
        } finally {
            depth--;
        }
    }

    FilterStep @Nullable [] onward() {
        return outside.onward();
    }

    void failed(RuntimeException bug) {
        outside.failed(bug);
    }

    /** Something is written out of turn: nobody else flushes. */
    public void flushes() {
        flushOwed = true;
    }
}
