package io.weir.http.proxy;

import io.weir.http.control.HedgeRule;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The tries that a request has at the moment: most requests have one at a time, which is used again and again. Belongs
 * to one worker.
 */
final class Tries {
    /** With those whose unwanted answers have not ended. */
    private static final int KEPT_MAX = 2 * HedgeRule.AT_ONCE_MAX;

    private final Attempts attempts;
    private Try[] all;
    private Try shown;
    private @Nullable Try winner;

    Tries(Attempts attempts) {
        this.attempts = attempts;
        this.shown = new Try(attempts);
        this.all = new Try[]{shown};
    }

    /** Nothing is known of the exchange that begins. */
    void clear() {
        winner = null;
        shown = all[0];
        shown.clear();
    }

    /** One that is at no host; it is shown from now on. */
    Try next() {
        shown = free();
        return shown;
    }

    private Try free() {
        for (Try one : all) {
            if (one.closed()) {
                return one;
            }
        }
        if (all.length == KEPT_MAX) {
            for (Try one : all) {
                if (!one.open()) {
                    one.cancel();
                    return one;
                }
            }
            throw new IllegalStateException("more tries at once than there may be");
        }
        all = Arrays.copyOf(all, all.length + 1);
        all[all.length - 1] = new Try(attempts);
        return all[all.length - 1];
    }

    /** The one whose answer is the client's; null while there is none. */
    @Nullable
    Try winner() {
        return winner;
    }

    /** This one's answer is the client's: the others are given up, through no fault of their hosts. */
    void won(Try one) {
        winner = one;
        shown = one;
        cancelOthers(one);
    }

    /** The one that answered, or else the last that began. */
    Try shown() {
        return shown;
    }

    /** How many are waiting for a host or for its answer. */
    int open() {
        int open = 0;
        for (Try one : all) {
            open += one.open() ? 1 : 0;
        }
        return open;
    }

    /** Whether any host has the request, or some of it. */
    boolean begun() {
        for (Try one : all) {
            if (one.begun()) {
                return true;
            }
        }
        return false;
    }

    /** Whether any but this one is. */
    boolean othersOpen(Try than) {
        for (Try one : all) {
            if (one != than && one.open()) {
                return true;
            }
        }
        return false;
    }

    /** Gives up all that are open but this one. */
    void cancelOthers(Try than) {
        for (Try one : all) {
            if (one != than && one.open()) {
                one.cancel();
            }
        }
    }

    /** Those that are open have ended, or were given up: their hosts are free of the request. */
    void leave() {
        for (Try one : all) {
            if (one.open()) {
                one.leave();
            }
        }
    }

    /** Those that are open go on no longer; what is known of them stays. */
    void giveUp() {
        for (Try one : all) {
            if (one.open()) {
                one.giveUp();
            }
        }
    }

    /** Every host that has the request has had too long. */
    void tookTooLong(long nowNanos) {
        for (Try one : all) {
            if (one.begun()) {
                one.visit().tookTooLong(nowNanos);
            }
        }
    }

    /** How many bytes wait for hosts, or of their answers. */
    long heldBytes() {
        long bytes = 0;
        for (Try one : all) {
            var stream = one.stream();
            bytes += stream == null ? 0 : stream.heldBytes();
        }
        return bytes;
    }

    /** What was written within a read goes out. */
    void flush() {
        for (Try one : all) {
            var stream = one.begun() ? one.stream() : null;
            if (stream != null) {
                stream.flush();
            }
        }
    }

    /** The exchange is over: no host has anything to do with it. */
    void end() {
        for (Try one : all) {
            if (one == winner) {
                one.leave(); // its answer has ended, or was given up before
            } else if (!one.closed()) {
                one.cancel();
            }
            one.forget();
        }
    }
}
