package io.weir.observe.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.weir.core.model.AccessLogSpec;
import io.weir.core.model.AccessLogSpec.Comparison;
import io.weir.core.model.AccessLogSpec.Filter;
import io.weir.core.model.AccessLogSpec.Format;
import io.weir.core.model.AccessLogSpec.Sink;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Stats;
import io.weir.observe.log.AccessLogs.Opened;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogsTest {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private final Stats stats = new Stats();
    private final AccessLogs logs = new AccessLogs(stats);
    private final Ended ended = new Ended();

    @TempDir
    Path folder = Path.of("");

    @AfterEach
    void close() {
        logs.close();
    }

    private static AccessLogSpec spec(Path path, String format) {
        return new AccessLogSpec(new Sink.File(path.toString()), new Format.Text(format, false), null);
    }

    private AccessLog open(AccessLogSpec... specs) {
        return switch (logs.open(List.of(specs))) {
            case Opened.Ready ready -> ready.log();
            case Opened.Failed failed -> throw new AssertionError(failed.faults().toString());
        };
    }

    private List<String> failures(AccessLogSpec... specs) {
        return switch (logs.open(List.of(specs))) {
            case Opened.Ready ready -> throw new AssertionError("opened");
            case Opened.Failed failed ->
                failed.faults().stream().map(fault -> fault.sink() + ": " + fault.message()).toList();
        };
    }

    private void flush() throws InterruptedException {
        assertThat(logs.flush(PATIENCE_NANOS)).isTrue();
    }

    private Counter dropped() {
        return stats.root().child("access_log").counter("lines_dropped");
    }

    @Test
    void aLineReachesItsFileWithoutAFlush() throws Exception {
        Path file = folder.resolve("a.log");
        AccessLog log = open(spec(file, "%RESPONSE_CODE%\n"));
        for (int i = 0; i < 3; i++) {
            log.log(ended);
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (Files.readAllLines(file).size() <= i) {
                assertThat(System.nanoTime()).as("line " + i).isLessThan(deadline);
                Thread.sleep(2);
            }
            // long enough for the writer to go to sleep: the next line has to wake it
            Thread.sleep(30);
        }
        assertThat(Files.readString(file)).isEqualTo("200\n200\n200\n");
    }

    @Test
    void linesAreAppendedToWhatIsThere() throws Exception {
        Path file = folder.resolve("a.log");
        Files.writeString(file, "old\n");
        open(spec(file, "new\n")).log(ended);
        flush();
        assertThat(Files.readString(file)).isEqualTo("old\nnew\n");
    }

    @Test
    void logsOfOneFileShareItAndTheLastToCloseClosesIt() throws Exception {
        Path file = folder.resolve("a.log");
        AccessLog one = open(spec(file, "one\n"));
        AccessLog two = open(spec(folder.resolve("x/../a.log"), "two\n"));
        one.log(ended);
        one.close();
        one.close();
        two.log(ended);
        flush();
        assertThat(Files.readString(file)).isEqualTo("one\ntwo\n");
        two.log(ended);
        two.close();
        flush();
        assertThat(Files.readString(file)).as("lines logged before the close").isEqualTo("one\ntwo\ntwo\n");
    }

    @Test
    void severalLogsAreOne() throws Exception {
        AccessLog log = open(spec(folder.resolve("a"), "a\n"), new AccessLogSpec(
                new Sink.File(folder.resolve("b").toString()), new Format.Text("b\n", false),
                new Filter.Status(Comparison.GE, 500)));
        log.log(ended);
        ended.responseCode = 500;
        log.log(ended);
        flush();
        assertThat(Files.readString(folder.resolve("a"))).isEqualTo("a\na\n");
        assertThat(Files.readString(folder.resolve("b"))).isEqualTo("b\n");
    }

    @Test
    void whatCannotBeOpenedSaysWhyAndLeavesNothingOpen() {
        List<String> messages = failures(spec(folder.resolve("none/a.log"), "x"), spec(folder.resolve("b.log"), "%X%"),
                spec(folder.resolve("c.log"), "c"));
        assertThat(messages).hasSize(2);
        assertThat(messages.get(0)).contains("none/a.log").contains("no such directory");
        assertThat(messages.get(1)).contains("at character 0: unknown command operator X");
        assertThat(failures(spec(folder, "x")).getFirst()).contains(folder.toString());
    }

    @Test
    void noLogsAreALogThatWritesNothing() {
        assertThat(open()).isSameAs(AccessLog.none());
        open().log(ended);
    }

    @Test
    void reopeningFollowsARotation() throws Exception {
        Path file = folder.resolve("a.log");
        AccessLog log = open(spec(file, "%RESPONSE_CODE%\n"));
        log.log(ended);
        flush();
        Files.move(file, folder.resolve("a.log.1"));
        log.log(ended);
        flush();
        logs.reopen();
        flush();
        ended.responseCode = 404;
        log.log(ended);
        flush();
        assertThat(Files.readString(folder.resolve("a.log.1"))).isEqualTo("200\n200\n");
        assertThat(Files.readString(file)).isEqualTo("404\n");
    }

    @Test
    void aFileThatCannotBeReopenedStaysInUse() throws Exception {
        Path below = Files.createDirectory(folder.resolve("d"));
        AccessLog log = open(spec(below.resolve("a.log"), "x\n"));
        Path moved = Files.move(below, folder.resolve("e"));
        logs.reopen();
        flush();
        log.log(ended);
        flush();
        assertThat(Files.readString(moved.resolve("a.log"))).isEqualTo("x\n");
        assertThat(stats.root().child("filesystem").counter("reopen_failed").value()).isEqualTo(1);
    }

    @Test
    void linesOfManyWorkersArriveWholeOrAreCountedAsDropped() throws Exception {
        Path file = folder.resolve("a.log");
        AccessLog log = open(spec(file, "%CONNECTION_ID% %REQ(X-WORKER)% %REQ(USER-AGENT)%\n"));
        int workers = 4;
        int lines = 20_000;
        List<Thread> threads = new ArrayList<>();
        for (int w = 0; w < workers; w++) {
            String name = Integer.toString(w);
            threads.add(Thread.ofPlatform().start(() -> {
                Ended each = new Ended();
                each.request.put("x-worker", name);
                each.request.put("user-agent", name.repeat(200));
                for (int i = 0; i < lines; i++) {
                    log.log(each);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        flush();
        List<String> written = Files.readAllLines(file);
        assertThat(written.size() + dropped().value()).isEqualTo((long) workers * lines);
        // Not one of each: while others fill the ring, all of a worker's may be dropped.
        var whole = IntStream.range(0, workers).mapToObj(w -> "17 " + w + ' ' + Integer.toString(w).repeat(200))
                .collect(Collectors.toSet());
        assertThat(whole).containsAll(Set.copyOf(written));
        for (int w = 0; w < workers; w++) { // the ring is empty: now one of each arrives
            Ended each = new Ended();
            each.request.put("x-worker", Integer.toString(w));
            each.request.put("user-agent", Integer.toString(w).repeat(200));
            log.log(each);
        }
        flush();
        List<String> all = Files.readAllLines(file);
        assertThat(Set.copyOf(all.subList(written.size(), all.size()))).isEqualTo(whole);
    }

    @Test
    void aSinkThatDoesNotKeepUpDropsAndCountsAndThenGoesOn() throws Exception {
        // a sink that no thread drains: the ring fills
        LogSink sink = new LogSink(LogTarget.open(new Sink.File(folder.resolve("a.log").toString())),
                AccessLogs.Numbers.of(stats), new LogWriter());
        SinkLog log = new SinkLog(format(), RecordFilter.of(null), sink, () -> {
        });
        for (int i = 0; i < LogSink.LINES_MAX + 100; i++) {
            log.log(ended);
        }
        assertThat(dropped().value()).isEqualTo(100);
        assertThat(sink.drain()).isEqualTo(LogSink.LINES_MAX);
        log.log(ended);
        assertThat(sink.drain()).isEqualTo(1);
        assertThat(dropped().value()).isEqualTo(100);
        sink.close();
    }

    @Test
    void largeLinesThatWaitAreBoundedInBytes() throws Exception {
        LogSink sink = new LogSink(LogTarget.open(new Sink.File(folder.resolve("a.log").toString())),
                AccessLogs.Numbers.of(stats), new LogWriter());
        SinkLog log = new SinkLog(format(), RecordFilter.of(null), sink, () -> {
        });
        ended.request.put("user-agent", "x".repeat(16_000));
        for (int i = 0; i < 1000; i++) {
            log.log(ended);
        }
        assertThat(dropped().value()).isBetween(400L, 600L);
        sink.close();
        assertThat(Files.size(folder.resolve("a.log"))).isLessThan(LogSink.LARGE_BYTES_MAX);
    }

    @Test
    void aRecordThatThrowsLosesOneLineAndNoPlace() throws Exception {
        Path file = folder.resolve("a.log");
        AccessLog log = open(spec(file, "%BYTES_SENT% %PROTOCOL%\n"));
        Ended broken = new Ended();
        for (int i = 0; i < LogSink.LINES_MAX * 2; i++) {
            try {
                log.log(new BrokenRecord(broken));
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("broken");
            }
            if (i % 1000 == 0) {
                flush();
            }
        }
        log.log(ended);
        flush();
        assertThat(Files.readString(file)).isEqualTo("2048 HTTP/1.1\n");
    }

    @Test
    void closingWritesWhatIsLeftAndOpensNothingMore() throws IOException {
        Path file = folder.resolve("a.log");
        AccessLog log = open(spec(file, "x\n"));
        for (int i = 0; i < 1000; i++) {
            log.log(ended);
        }
        logs.close();
        assertThat(Files.readAllLines(file)).hasSize(1000);
        assertThat(failures(spec(file, "x")).getFirst()).contains("closed");
    }

    @Test
    void standardOutputIsNotAFileToBeReopened() throws Exception {
        AccessLog log = open(new AccessLogSpec(new Sink.File("/dev/stdout"), new Format.Text("", false), null),
                new AccessLogSpec(new Sink.Stderr(), new Format.Text("", false), null));
        logs.reopen();
        log.log(ended);
        flush();
        log.close();
        flush();
        assertThat(stats.root().child("filesystem").counter("reopen_failed").value()).isZero();
    }

    @Test
    void loggingAllocatesNothingOnTheWorker() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        AccessLog log = open(new AccessLogSpec(new Sink.File(folder.resolve("a.log").toString()), new Format.Default(),
                null));
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 40 && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 2_000; i++) {
                log.log(ended);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            flush();
        }
        assertThat(least).as("bytes in 2,000 lines").isLessThan(2_000);
    }

    private static AccessLogFormat format() {
        return switch (AccessLogFormat.compile("%REQ(USER-AGENT)%\n")) {
            case AccessLogFormat.Compiled.Ready ready -> ready.format();
            case AccessLogFormat.Compiled.Invalid invalid -> throw new AssertionError(invalid.message());
        };
    }

    /** Fails half-way through a line. */
    private record BrokenRecord(Ended ended) implements AccessRecord {
        @Override
        public long startEpochMicros() {
            return 0;
        }

        @Override
        public long durationNanos() {
            return 0;
        }

        @Override
        public long bytesReceived() {
            return 0;
        }

        @Override
        public long bytesSent() {
            return 1;
        }

        @Override
        public long flags() {
            return 0;
        }

        @Override
        public String protocol() {
            throw new IllegalStateException("broken");
        }

        @Override
        public String downstreamRemoteAddress() {
            return "";
        }

        @Override
        public String downstreamLocalAddress() {
            return "";
        }

        @Override
        public long connectionId() {
            return 0;
        }
    }
}
