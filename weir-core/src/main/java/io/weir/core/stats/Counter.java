package io.weir.core.stats;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * A number that only grows. Adding is a few nanoseconds from any number of threads (striped on contention), allocates
 * nothing and loses nothing; a sum read while others add is of some moment during the read.
 */
public final class Counter implements Metric {
    private final Identity identity;
    private final LongAdder adder = new LongAdder();

    Counter(Identity identity) {
        this.identity = identity;
    }

    /** A counter of no scope, which no export shows: of a host, of a test. */
    public static Counter unnamed() {
        return new Counter(Identity.NONE);
    }

    /** Adds 1. */
    public void increment() {
        adder.increment();
    }

    /** Adds {@code n}, which must not be negative. */
    public void add(long n) {
        adder.add(n);
    }

    /** All that was added. */
    public long value() {
        return adder.sum();
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
        return value() != 0;
    }

    @Override
    public String toString() {
        return name() + ": " + value();
    }
}
