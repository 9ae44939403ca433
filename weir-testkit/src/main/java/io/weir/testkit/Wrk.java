package io.weir.testkit;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Loads an address with the machine's own wrk (closed loop, keep-alive) and reads its report. */
public final class Wrk {
    private static final String NUMBER = "([0-9.]+)";
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in " + NUMBER + "(us|ms|s|m|h)");
    private static final Pattern PERCENTILE = Pattern.compile("(50|75|90|99)% +" + NUMBER + "(us|ms|s|m|h)");
    private static final Pattern SOCKET_ERRORS = Pattern
            .compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern OTHER_STATUS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    private final String url;
    private int threads = 1;
    private int connections = 64;
    private int seconds = 5;
    private int patienceSeconds = 2;
    private List<String> launcher = List.of();

    private Wrk(String url) {
        this.url = url;
    }

    /** A load of this URL: one thread, 64 connections, 5 s, until told otherwise. */
    public static Wrk on(String url) {
        return new Wrk(url);
    }

    public Wrk threads(int value) {
        threads = value;
        return this;
    }

    public Wrk connections(int value) {
        connections = value;
        return this;
    }

    public Wrk seconds(int value) {
        seconds = value;
        return this;
    }

    /** How long an answer may take that is no error, 2 s until told otherwise: a busy machine needs more. */
    public Wrk patienceSeconds(int value) {
        patienceSeconds = value;
        return this;
    }

    /** Put before the command, such as {@code taskset -c 1}. */
    public Wrk launcher(List<String> value) {
        launcher = value;
        return this;
    }

    /**
     * Runs to the end and reads the report. Blocks.
     *
     * @throws IllegalStateException
     *             with wrk's words, when it fails or its report cannot be read
     */
    public Report run() {
        return read(LoadTool.run("wrk", launcher,
                List.of("-t" + threads, "-c" + connections, "-d" + seconds + "s", "--timeout", patienceSeconds + "s",
                        "--latency", url)));
    }

    static Report read(String text) {
        Matcher requests = REQUESTS.matcher(text);
        if (!requests.find()) {
            throw new IllegalStateException("wrk's report not understood: " + text);
        }
        long p50 = 0;
        long p99 = 0;
        Matcher percentile = PERCENTILE.matcher(text);
        while (percentile.find()) {
            long nanos = LoadTool.nanos(percentile.group(2), percentile.group(3));
            switch (percentile.group(1)) {
                case "50" -> p50 = nanos;
                case "99" -> p99 = nanos;
                default -> {
                }
            }
        }
        long socketErrors = 0;
        Matcher errors = SOCKET_ERRORS.matcher(text);
        if (errors.find()) {
            for (int group = 1; group <= errors.groupCount(); group++) {
                socketErrors += Long.parseLong(errors.group(group));
            }
        }
        Matcher other = OTHER_STATUS.matcher(text);
        return new Report(Long.parseLong(requests.group(1)), LoadTool.nanos(requests.group(2), requests.group(3)),
                socketErrors, other.find() ? Long.parseLong(other.group(1)) : 0, p50, p99, text);
    }

    /**
     * What wrk counted.
     *
     * @param requests
     *            completed requests
     * @param socketErrors
     *            failed connects, reads, writes and time-outs together
     * @param otherStatus
     *            responses that were neither 2xx nor 3xx
     * @param text
     *            the report as wrk wrote it
     */
    public record Report(long requests, long durationNanos, long socketErrors, long otherStatus, long p50Nanos,
            long p99Nanos, String text) {
        /** Socket errors and responses other than 2xx and 3xx. */
        public long errors() {
            return socketErrors + otherStatus;
        }

        public double requestsPerSecond() {
            return requests * 1e9 / durationNanos;
        }
    }
}
