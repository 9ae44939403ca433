package io.weir.http.filter.time;

import io.weir.core.time.NanoClock;
import java.util.Arrays;

/**
 * How long each filter of one exchange has worked, and how long it has held things up. Time that a step spends in
 * another's call, since it sends or answers within its own, is the other's. Work is what happens in the calls to a
 * step: what a filter does in timers and tasks of its own is not seen, but that it holds a message meanwhile is. Serves
 * one exchange after another; belongs to one worker.
 */
public final class FilterTimes {
    /** Nobody of the filters: the rest of Weir is at work. */
    public static final int OUTSIDE = -1;
    private static final int DIRECTIONS = 2;

    private final NanoClock clock;
    private FilterNumbers numbers = FilterNumbers.NONE;
    private long[] workNanos = {};
    private long[] heldNanos = {};
    /** For each direction of each filter since when it holds things up; only where {@link #holding} says so. */
    private long[] sinceNanos = {};
    private boolean[] holding = {};
    private int at = OUTSIDE;
    private long atSinceNanos;
    private int serial;

    /** Nothing is timed yet. */
    public FilterTimes(NanoClock clock) {
        this.clock = clock;
    }

    /** An exchange begins to pass the filters that these numbers are of. */
    public void begin(FilterNumbers its) {
        numbers = its;
        serial++;
        at = OUTSIDE;
        int count = its.count();
        if (workNanos.length < count) {
            workNanos = new long[count];
            heldNanos = new long[count];
            sinceNanos = new long[count * DIRECTIONS];
            holding = new boolean[count * DIRECTIONS];
        }
        Arrays.fill(workNanos, 0);
        Arrays.fill(heldNanos, 0);
        Arrays.fill(holding, false);
    }

    /** The exchange goes on by other filters, the first of which, as far as they were at work, are the same. */
    public void goOn(FilterNumbers its) {
        numbers = its;
        int count = its.count();
        if (workNanos.length < count) {
            workNanos = Arrays.copyOf(workNanos, count);
            heldNanos = Arrays.copyOf(heldNanos, count);
            sinceNanos = Arrays.copyOf(sinceNanos, count * DIRECTIONS);
            holding = Arrays.copyOf(holding, count * DIRECTIONS);
        }
    }

    /**
     * A filter, or {@link #OUTSIDE}, is at work from now on.
     *
     * @return what {@link #leave} wants to know
     */
    public long enter(int filter) {
        long before = (long) serial << Integer.SIZE | (at & 0xFFFF_FFFFL);
        change(filter);
        return before;
    }

    /** Whoever was at work before {@link #enter} is again; false where the exchange has ended meanwhile. */
    public boolean leave(long before) {
        boolean same = (int) (before >>> Integer.SIZE) == serial;
        if (same) {
            change((int) before);
        }
        return same;
    }

    private void change(int next) {
        long now = clock.nanos();
        if (at != OUTSIDE) {
            workNanos[at] += now - atSinceNanos;
        }
        at = next;
        atSinceNanos = now;
    }

    /** A filter pauses something in one direction. */
    public void holds(int filter, boolean back) {
        int i = index(filter, back);
        if (!holding[i]) {
            holding[i] = true;
            sinceNanos[i] = clock.nanos();
        }
    }

    /** It pauses nothing in that direction any more. */
    public void goesOn(int filter, boolean back) {
        int i = index(filter, back);
        if (holding[i]) {
            holding[i] = false;
            heldNanos[filter] += clock.nanos() - sinceNanos[i];
        }
    }

    private static int index(int filter, boolean back) {
        return filter * DIRECTIONS + (back ? 1 : 0);
    }

    /** The exchange is over: its times are counted. */
    public void ended() {
        serial++;
        at = OUTSIDE;
        for (int i = 0; i < numbers.count(); i++) {
            goesOn(i, false);
            goesOn(i, true);
            numbers.record(i, workNanos[i], heldNanos[i]);
        }
    }

    /**
     * The times so far: {@code NAME=WORK+HELD} of each filter in the order of the chain, between commas, in whole
     * microseconds.
     */
    @Override
    public String toString() {
        var out = new StringBuilder();
        long now = clock.nanos();
        for (int i = 0; i < numbers.count(); i++) {
            long held = heldNanos[i];
            for (int way = i * DIRECTIONS; way < (i + 1) * DIRECTIONS; way++) {
                held += holding[way] ? now - sinceNanos[way] : 0;
            }
            out.append(i == 0 ? "" : ",").append(numbers.name(i)).append('=').append(workNanos[i] / 1000).append('+')
                    .append(held / 1000);
        }
        return out.toString();
    }
}
