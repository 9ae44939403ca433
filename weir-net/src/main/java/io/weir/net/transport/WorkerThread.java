package io.weir.net.transport;

import io.netty.util.concurrent.FastThreadLocalThread;
import org.jspecify.annotations.Nullable;

/** The thread of a worker's event loop; it knows its worker, so that asking for it is a field read. */
final class WorkerThread extends FastThreadLocalThread {
    @Nullable
    Worker worker;

    WorkerThread(Runnable body, String name) {
        super(body, name);
        setDaemon(true);
    }
}
