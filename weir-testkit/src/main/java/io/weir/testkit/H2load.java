package io.weir.testkit;

import java.util.List;
import java.util.regex.Pattern;

/** Loads an address by HTTP/2 with the machine's own h2load (closed loop, prior knowledge) and reads its report. */
public final class H2load {
    private static final Pattern FINISHED = Pattern.compile("finished in ([0-9.]+)(us|ms|s|m), ");
    private static final Pattern REQUESTS = Pattern
            .compile("requests: .* (\\d+) succeeded, (\\d+) failed, (\\d+) errored, (\\d+) timeout");

    private final String url;
    private int connections = 10;
    private int streams = 10;
    private int seconds = 5;
    private List<String> launcher = List.of();

    private H2load(String url) {
        this.url = url;
    }

    /** A load of this URL: one thread, 10 connections of 10 streams, 5 s, until told otherwise. */
    public static H2load on(String url) {
        return new H2load(url);
    }

    public H2load connections(int value) {
        connections = value;
        return this;
    }

    /** Requests that each connection has under way at a time. */
    public H2load streams(int value) {
        streams = value;
        return this;
    }

    public H2load seconds(int value) {
        seconds = value;
        return this;
    }

    /** Put before the command, such as {@code taskset -c 1}. */
    public H2load launcher(List<String> value) {
        launcher = value;
        return this;
    }

    /**
     * Runs to the end and reads the report. Blocks.
     *
     * @throws IllegalStateException
     *             with h2load's words, when it fails or its report cannot be read
     */
    public Report run() {
        return read(LoadTool.run("h2load", launcher, List.of("-D", Integer.toString(seconds), "-c",
                Integer.toString(connections), "-m", Integer.toString(streams), url)));
    }

    static Report read(String text) {
        var finished = FINISHED.matcher(text);
        var requests = REQUESTS.matcher(text);
        if (!finished.find() || !requests.find()) {
            throw new IllegalStateException("h2load's report not understood: " + text);
        }
        long errors = 0;
        for (int group = 2; group <= 4; group++) {
            errors += Long.parseLong(requests.group(group));
        }
        return new Report(Long.parseLong(requests.group(1)),
                LoadTool.nanos(finished.group(1), finished.group(2)), errors);
    }

    /**
     * What h2load counted.
     *
     * @param requests
     *            that were answered with 2xx or 3xx
     * @param errors
     *            requests that failed, were answered with another status, or not in time
     */
    public record Report(long requests, long durationNanos, long errors) {
        public double requestsPerSecond() {
            return requests * 1e9 / durationNanos;
        }
    }
}
