package io.weir.core.stats;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A number that goes up and down, or that is asked of a source when someone looks. Any thread, lock-free, exact. */
public final class Gauge implements Metric {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Gauge.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Identity identity;
    private volatile long value;
    private volatile boolean used;
    private volatile @Nullable LongSupplier source;

    Gauge(Identity identity) {
        this.identity = identity;
    }

    /** A gauge of no scope, which no export shows: of a host, of a test. */
    public static Gauge unnamed() {
        return new Gauge(Identity.NONE);
    }

    void source(LongSupplier changed) {
        source = changed;
        used = true;
    }

    /** Makes it {@code n}. */
    public void set(long n) {
        value = n;
        markUsed();
    }

    /** Adds 1. */
    public void increment() {
        add(1);
    }

    /** Takes 1 away. */
    public void decrement() {
        add(-1);
    }

    /** Adds {@code n}, which may be negative. */
    public void add(long n) {
        VALUE.getAndAdd(this, n);
        markUsed();
    }

    /** What it stands at. */
    public long value() {
        LongSupplier asked = source;
        return asked == null ? value : asked.getAsLong();
    }

    private void markUsed() {
        if (!used) {
            used = true;
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
        return used;
    }

    @Override
    public String toString() {
        return name() + ": " + value();
    }
}
