package io.weir.core.stats;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How whole, non-negative numbers are spread; most are milliseconds. Log-linear buckets of two decimal digits, closed
 * above: (1000, 1100], (1100, 1200] ..., exact up to 100. So no value is off by more than 10 %, and counts up to any
 * bound of two digits, such as Envoy's 0.5 ... 3600000, are exact. Recording is lock-free, from any thread; it
 * allocates once per decade of values. Buckets as in circllhist (Schlossnagle, "Circllhist", 2020), but closed above,
 * as Prometheus' {@code le} wants it.
 */
public final class Histogram implements Metric {
    private static final VarHandle CELLS;

    static {
        try {
            CELLS = MethodHandles.lookup().findVarHandle(Histogram.class, "cells", Cells.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Identity identity;
    private volatile @Nullable Cells cells;
    private volatile HistogramSnapshot flushed = HistogramSnapshot.EMPTY;
    private volatile HistogramSnapshot interval = HistogramSnapshot.EMPTY;

    Histogram(Identity identity) {
        this.identity = identity;
    }

    /** A histogram of no scope, which no export shows. */
    public static Histogram unnamed() {
        return new Histogram(Identity.NONE);
    }

    /** Counts {@code value}; a negative one counts as 0. */
    public void record(long value) {
        Cells present = cells;
        if (present == null) {
            Cells fresh = new Cells();
            present = (Cells) CELLS.compareAndExchange(this, (@Nullable Cells) null, fresh);
            if (present == null) {
                present = fresh;
            }
        }
        present.record(Math.max(0, value));
    }

    /** All that was recorded. What others record meanwhile may or may not be in it. */
    public HistogramSnapshot cumulative() {
        Cells present = cells;
        return present == null ? HistogramSnapshot.EMPTY : present.snapshot();
    }

    /** What was recorded between the last two flushes. */
    public HistogramSnapshot interval() {
        return interval;
    }

    /** Ends the interval. One thread. */
    void flush() {
        if (cells != null) {
            HistogramSnapshot now = cumulative();
            interval = now.since(flushed);
            flushed = now;
        }
    }

    @Override
    public String name() {
        return identity.name();
    }

    @Override
    public String plainName() {
        return identity.plainName();
    }

    @Override
    public List<Tag> tags() {
        return identity.tags();
    }

    @Override
    public boolean used() {
        return cells != null;
    }

    /** The buckets, one array a decade, made when a value first falls into it. */
    private static final class Cells {
        private final AtomicReferenceArray<@Nullable AtomicLongArray> decades = new AtomicReferenceArray<>(
                Buckets.DECADES);
        private final LongAdder sum = new LongAdder();

        void record(long value) {
            int bucket = Buckets.of(value);
            int decade = Buckets.decade(bucket);
            AtomicLongArray counts = decades.get(decade);
            if (counts == null) {
                AtomicLongArray fresh = new AtomicLongArray(Buckets.size(decade));
                counts = decades.compareAndExchange(decade, null, fresh);
                if (counts == null) {
                    counts = fresh;
                }
            }
            counts.getAndIncrement(bucket - Buckets.first(decade));
            sum.add(value);
        }

        HistogramSnapshot snapshot() {
            // the sum first: a value recorded meanwhile is then counted, never summed without being counted
            long summed = sum.sum();
            int[] buckets = new int[Buckets.COUNT];
            long[] counts = new long[Buckets.COUNT];
            int filled = 0;
            for (int decade = 0; decade < Buckets.DECADES; decade++) {
                AtomicLongArray cells = decades.get(decade);
                for (int i = 0; cells != null && i < cells.length(); i++) {
                    long count = cells.get(i);
                    if (count != 0) {
                        buckets[filled] = Buckets.first(decade) + i;
                        counts[filled++] = count;
                    }
                }
            }
            return HistogramSnapshot.of(buckets, counts, filled, summed);
        }
    }
}
