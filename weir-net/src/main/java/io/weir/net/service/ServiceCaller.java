package io.weir.net.service;

import io.weir.net.transport.Worker;
import java.util.function.Consumer;

/** Asks services of clusters' hosts. Any worker. */
@FunctionalInterface
public interface ServiceCaller {
    /**
     * Asks, on the worker's own thread, where the one answer comes too, perhaps before this returns.
     *
     * @return gives the question up, on the same thread: no answer comes any more; nothing where it has come
     */
    Runnable ask(Worker worker, Question question, Consumer<ServiceAnswer> hearer);
}
