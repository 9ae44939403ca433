package io.weir.net.transport;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The key of something that each worker has one of, such as its connection pools. Keep it in a static final field: keys
 * are numbered once and for all, and there may be {@value #SLOTS_MAX} of them.
 *
 * @param <T>
 *            what each worker has one of
 */
public final class WorkerSlot<T> {
    static final int SLOTS_MAX = 64;
    private static final AtomicInteger NEXT = new AtomicInteger();

    final int index = NEXT.getAndIncrement();
    final Function<? super Worker, ? extends T> maker;

    private WorkerSlot(Function<? super Worker, ? extends T> maker) {
        this.maker = maker;
        if (index >= SLOTS_MAX) {
            throw new IllegalStateException("more than " + SLOTS_MAX + " worker slots: a slot is a static constant");
        }
    }

    /** The maker runs on the worker's thread when that worker first asks for its own. */
    public static <T> WorkerSlot<T> of(Function<? super Worker, ? extends T> maker) {
        return new WorkerSlot<>(maker);
    }
}
