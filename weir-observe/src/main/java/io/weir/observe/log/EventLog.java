package io.weir.observe.log;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A file that whole lines are written to: what happened, as opposed to what was served. It shares its writer, and its
 * file where they are the same, with the access logs. {@link #line} may be called by any thread and never blocks.
 */
public final class EventLog implements AutoCloseable {
    /** What opening came to. */
    public sealed interface Opened {
        /** It is open. */
        record Ready(EventLog log) implements Opened {
        }

        /** It is not, for this reason. */
        record Failed(String message) implements Opened {
        }
    }

    private final LogSink sink;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    EventLog(LogSink sink, Runnable release) {
        this.sink = sink;
        this.release = release;
    }

    /** Writes a line, which is to hold no line break; drops it, and counts the drop, when the writer is behind. */
    public void line(String text) {
        LogBuffer line = sink.claim();
        if (line != null) {
            sink.publish(line.append(text).append('\n'));
        }
    }

    /** Gives its file back; lines written before are still written. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
