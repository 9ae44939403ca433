package io.weir.observe.log;

import io.weir.core.model.AccessLogSpec;
import io.weir.core.model.AccessLogSpec.Sink;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.observe.log.AccessLogFormat.Compiled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All access logs of a proxy. Logs that name the same file, or the same standard stream, share one sink. Workers hand
 * lines to a sink's bounded ring; one thread writes them all. Opening, reopening and closing are for the conductor.
 */
public final class AccessLogs implements AutoCloseable {
    /** What opening came to. */
    public sealed interface Opened {
        /** It is open. */
        record Ready(AccessLog log) implements Opened {
        }

        /** It is not, and every reason why. */
        record Failed(List<Fault> faults) implements Opened {
            public Failed {
                faults = List.copyOf(faults);
            }
        }
    }

    /**
     * Why one log could not be opened.
     *
     * @param index
     *            which of those asked for
     * @param sink
     *            what it would have written to: a path, {@code stdout}, {@code stderr}
     */
    public record Fault(int index, String sink, String message) {
    }

    /** The counters of all sinks. */
    record Numbers(Counter written, Counter failed, Counter dropped, Counter reopenFailed) {
        static Numbers of(Stats stats) {
            Scope files = stats.root().child("filesystem");
            return new Numbers(files.counter("write_completed"), files.counter("write_failed"),
                    stats.root().child("access_log").counter("lines_dropped"), files.counter("reopen_failed"));
        }
    }

    private final Numbers numbers;
    private final LogWriter writer;
    private final Map<Sink, LogSink> sinks = new HashMap<>();
    private boolean closed;

    /** No logs yet; the writing thread starts with the first one. */
    public AccessLogs(Stats stats) {
        numbers = Numbers.of(stats);
        writer = new LogWriter();
    }

    /** Opens one log. */
    public Opened open(AccessLogSpec spec) {
        return open(List.of(spec));
    }

    /** Opens several as one that writes to each; nothing stays open when any fails. */
    public synchronized Opened open(List<AccessLogSpec> specs) {
        if (closed) {
            return new Opened.Failed(List.of(new Fault(0, "", "access logs are closed")));
        }
        List<AccessLog> opened = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            switch (openOne(i, specs.get(i))) {
                case Opened.Ready ready -> opened.add(ready.log);
                case Opened.Failed failed -> faults.addAll(failed.faults);
            }
        }
        if (!faults.isEmpty()) {
            opened.forEach(AccessLog::close);
            return new Opened.Failed(faults);
        }
        return new Opened.Ready(switch (opened.size()) {
            case 0 -> AccessLog.none();
            case 1 -> opened.getFirst();
            default -> new SeveralLogs(List.copyOf(opened));
        });
    }

    private Opened openOne(int index, AccessLogSpec spec) {
        AccessLogFormat format;
        switch (AccessLogFormat.compile(spec.format())) {
            case Compiled.Ready ready -> format = ready.format();
            case Compiled.Invalid invalid -> {
                return failed(index, spec.sink(), "the format is wrong: " + invalid.message());
            }
        }
        Sink key = canonical(spec.sink());
        try {
            RecordFilter filter = RecordFilter.of(spec.filter());
            LogSink sink = retained(key);
            return new Opened.Ready(new SinkLog(format, filter, sink, () -> release(key, sink)));
        } catch (IOException e) {
            return failed(index, key, "the file cannot be opened: " + LogTarget.reason(e));
        } catch (IllegalArgumentException e) {
            return failed(index, key, "the filter is wrong: " + e.getMessage());
        }
    }

    /** Opens a file for lines that tell of events. */
    public synchronized EventLog.Opened openEvents(String path) {
        if (closed) {
            return new EventLog.Opened.Failed("logs are closed");
        }
        Sink key = canonical(new Sink.File(path));
        try {
            LogSink sink = retained(key);
            return new EventLog.Opened.Ready(new EventLog(sink, () -> release(key, sink)));
        } catch (IOException e) {
            return new EventLog.Opened.Failed("the file cannot be opened: " + LogTarget.reason(e));
        } catch (IllegalArgumentException e) {
            return new EventLog.Opened.Failed("not a path: " + e.getMessage());
        }
    }

    private LogSink retained(Sink key) throws IOException {
        LogSink sink = sinks.get(key);
        if (sink == null) {
            sink = new LogSink(LogTarget.open(key), numbers, writer);
            sinks.put(key, sink);
            writer.add(sink);
        }
        sink.retain();
        return sink;
    }

    private static Opened failed(int index, Sink sink, String message) {
        String text = switch (sink) {
            case Sink.File(String path) -> path;
            case Sink.Stdout() -> "stdout";
            case Sink.Stderr() -> "stderr";
        };
        return new Opened.Failed(List.of(new Fault(index, text, message)));
    }

    /** As a file, a standard stream is the stream: reopened or truncated as a file it would be lost. */
    private static Sink canonical(Sink sink) {
        return switch (sink) {
            case Sink.File(String path) when path.equals("/dev/stdout") -> new Sink.Stdout();
            case Sink.File(String path) when path.equals("/dev/stderr") -> new Sink.Stderr();
            case Sink.File(String path) -> new Sink.File(Path.of(path).toAbsolutePath().normalize().toString());
            case Sink.Stdout stdout -> stdout;
            case Sink.Stderr stderr -> stderr;
        };
    }

    private synchronized void release(Sink key, LogSink sink) {
        if (sink.release()) {
            sinks.remove(key);
            writer.remove(sink);
        }
    }

    /** Opens every file anew, under its name: after a log has been moved away. A file that fails to open stays. */
    public void reopen() {
        writer.reopen();
    }

    /** Waits until all lines logged before are written, or the time is over; false in the latter case. */
    public boolean flush(long timeoutNanos) throws InterruptedException {
        return writer.flush(timeoutNanos);
    }

    /** Writes what is left and closes every file. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        writer.close();
    }
}
