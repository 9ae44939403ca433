package io.weir.http.h2;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of one connection by number, in a table with linear probing, and what has to be remembered of closed
 * ones: which we have reset, as the peer may not know yet (RFC 9113 section 5.1), and which were skipped (section
 * 5.1.1). Objects of closed streams are kept for reuse, so that a busy connection makes none.
 */
final class StreamTable {
    private static final int SLOTS_FIRST = 16;
    /** Streams that are kept for reuse. */
    private static final int FREE_MAX = 128;
    /** Resets of ours that are remembered; what comes for a stream that was reset before them ends the connection. */
    private static final int RESETS_KEPT = 1024;
    /** Skipped ranges that are remembered; a client without need skips none. */
    private static final int GAPS_KEPT = 16;

    private final Http2Session session;
    private @Nullable Http2Stream[] slots = new @Nullable Http2Stream[SLOTS_FIRST];
    private int size;
    private @Nullable Http2Stream[] free = new @Nullable Http2Stream[8];
    private int freeCount;
    private int[] resets = {};
    private int resetsAt;
    /** The greatest number that is no longer among those kept. */
    private int forgottenMax;
    private final int[] gaps = new int[2 * GAPS_KEPT];
    private int gapsAt;

    StreamTable(Http2Session session) {
        this.session = session;
    }

    int size() {
        return size;
    }

    /** The open stream of this number, or null. */
    @Nullable
    Http2Stream find(int id) {
        int mask = slots.length - 1;
        for (int i = slot(id, mask);; i = (i + 1) & mask) {
            var stream = slots[i];
            if (stream == null || stream.id == id) {
                return stream;
            }
        }
    }

    /** Numbers of one side go up in twos. */
    private static int slot(int id, int mask) {
        return (id >>> 1) & mask;
    }

    void put(Http2Stream stream) {
        if (size * 2 >= slots.length) {
            var old = slots;
            slots = new @Nullable Http2Stream[old.length * 2];
            for (var one : old) {
                if (one != null) {
                    enter(one);
                }
            }
        }
        enter(stream);
        size++;
    }

    private void enter(Http2Stream stream) {
        int mask = slots.length - 1;
        int i = slot(stream.id, mask);
        while (slots[i] != null) {
            i = (i + 1) & mask;
        }
        slots[i] = stream;
    }

    /**
     * Takes a stream out; those behind it that would no longer be found move up (Knuth, volume 3, 6.4, algorithm R).
     */
    void remove(Http2Stream stream) {
        int mask = slots.length - 1;
        int hole = slot(stream.id, mask);
        while (slots[hole] != stream) {
            if (slots[hole] == null) {
                return;
            }
            hole = (hole + 1) & mask;
        }
        size--;
        for (int i = (hole + 1) & mask;; i = (i + 1) & mask) {
            var next = slots[i];
            if (next == null) {
                break;
            }
            int home = slot(next.id, mask);
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                slots[hole] = next;
                hole = i;
            }
        }
        slots[hole] = null;
    }

    /** All open streams at the moment; the array's end may be empty. For rare events: it makes an array. */
    @Nullable
    Http2Stream[] all() {
        var found = new @Nullable Http2Stream[size];
        int n = 0;
        for (var stream : slots) {
            if (stream != null) {
                found[n++] = stream;
            }
        }
        return found;
    }

    /** A fresh stream, not in the table yet. */
    Http2Stream take() {
        if (freeCount > 0) {
            var stream = free[--freeCount];
            free[freeCount] = null;
            if (stream != null) {
                return stream;
            }
        }
        return new Http2Stream(session);
    }

    void giveBack(Http2Stream stream) {
        if (freeCount == FREE_MAX) {
            return;
        }
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, freeCount * 2);
        }
        free[freeCount++] = stream;
    }

    // ---- closed streams ----

    /** We have reset this stream: what the peer has sent before it hears so is no error. */
    void remember(int id) {
        if (resetsAt == resets.length && resets.length < RESETS_KEPT) {
            resets = Arrays.copyOf(resets, Math.max(16, resets.length * 2));
        }
        resetsAt = resetsAt % RESETS_KEPT;
        forgottenMax = Math.max(forgottenMax, resets[resetsAt]);
        resets[resetsAt++] = id;
    }

    boolean wasReset(int id) {
        for (int reset : resets) {
            if (reset == id) {
                return true;
            }
        }
        return id <= forgottenMax; // more were reset in one round trip than are kept: it may be one of them
    }

    /** The peer has opened {@code opened} where {@code expected} was next. */
    void skipped(int expected, int opened) {
        gaps[gapsAt] = expected;
        gaps[gapsAt + 1] = opened;
        gapsAt = (gapsAt + 2) % gaps.length;
    }

    /** Whether a stream of the past was never opened. */
    boolean wasSkipped(int id) {
        for (int i = 0; i < gaps.length; i += 2) {
            if (id >= gaps[i] && id < gaps[i + 1]) {
                return true;
            }
        }
        return false;
    }
}
