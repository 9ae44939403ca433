package io.weir.observe.log;

import java.util.concurrent.atomic.AtomicBoolean;

/** One log: a format, a filter and the sink that it may share with others. */
final class SinkLog implements AccessLog {
    private final AccessLogFormat format;
    private final RecordFilter filter;
    private final LogSink sink;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    SinkLog(AccessLogFormat format, RecordFilter filter, LogSink sink, Runnable release) {
        this.format = format;
        this.filter = filter;
        this.sink = sink;
        this.release = release;
    }

    @Override
    public void log(AccessRecord ended) {
        if (!filter.admits(ended)) {
            return;
        }
        LogBuffer line = sink.claim();
        if (line != null) {
            boolean whole = false;
            try {
                format.write(ended, line);
                whole = true;
            } finally {
                // a line that failed half-way goes back empty: lost, it would make the ring smaller for good
                if (!whole) {
                    line.clear();
                }
                sink.publish(line);
            }
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
