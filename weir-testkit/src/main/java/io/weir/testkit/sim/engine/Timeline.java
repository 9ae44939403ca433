package io.weir.testkit.sim.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Simulated time: what is to happen, in the order of its time, and in the order of asking at the same time. A binary
 * heap over plain arrays. One thread.
 */
final class Timeline {
    /** Events of one run; a scenario that needs more is told so instead of running for hours. */
    static final long EVENTS_MAX = 200_000_000L;
    /** Events that may wait at once. */
    static final int WAITING_MAX = 8_000_000;

    private long[] times = new long[1024];
    private long[] turns = new long[1024];
    private @Nullable Runnable[] events = new @Nullable Runnable[1024];
    private int size;
    private long turn;
    private long happened;
    private long nowNanos;

    long nowNanos() {
        return nowNanos;
    }

    /** How many events have happened. */
    long happened() {
        return happened;
    }

    /** This happens then; what is due in the past happens now. */
    void at(long nanos, Runnable event) {
        if (size == times.length) {
            grow();
        }
        long due = Math.max(nanos, nowNanos);
        long mine = turn++;
        int hole = size++;
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            if (times[parent] < due || (times[parent] == due && turns[parent] < mine)) {
                break;
            }
            move(parent, hole);
            hole = parent;
        }
        times[hole] = due;
        turns[hole] = mine;
        events[hole] = event;
    }

    /** This happens so much later. */
    void after(long nanos, Runnable event) {
        at(nowNanos + nanos, event);
    }

    /** Lets everything happen, and what follows from it, until nothing is left. */
    void run() {
        while (size > 0) {
            if (++happened > EVENTS_MAX) {
                throw new IllegalStateException("the scenario needs more than " + EVENTS_MAX
                        + " events: shorten its duration or lower its arrivals");
            }
            nowNanos = times[0];
            Runnable event = events[0];
            removeFirst();
            if (event != null) {
                event.run();
            }
        }
    }

    private void removeFirst() {
        int last = --size;
        long time = times[last];
        long mine = turns[last];
        Runnable event = events[last];
        events[last] = null;
        if (last == 0) {
            return;
        }
        int hole = 0;
        for (int child = 1; child < last; child = 2 * hole + 1) {
            if (child + 1 < last && before(child + 1, child)) {
                child++;
            }
            if (time < times[child] || (time == times[child] && mine < turns[child])) {
                break;
            }
            move(child, hole);
            hole = child;
        }
        times[hole] = time;
        turns[hole] = mine;
        events[hole] = event;
    }

    private boolean before(int one, int other) {
        return times[one] < times[other] || (times[one] == times[other] && turns[one] < turns[other]);
    }

    private void move(int from, int to) {
        times[to] = times[from];
        turns[to] = turns[from];
        events[to] = events[from];
    }

    private void grow() {
        if (size >= WAITING_MAX) {
            throw new IllegalStateException("more than " + WAITING_MAX
                    + " events wait at once: lower the arrivals of the scenario or its timeout");
        }
        int larger = 2 * size;
        times = Arrays.copyOf(times, larger);
        turns = Arrays.copyOf(turns, larger);
        events = Arrays.copyOf(events, larger);
    }
}
