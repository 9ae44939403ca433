package io.weir.observe.log;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that has ended, for tests: what it tells can be set. */
final class Ended implements AccessRecord {
    /** 2026-11-23T15:04:05.678901Z. */
    static final long START_EPOCH_MICROS = 1_795_446_245_678_901L;

    final Map<String, String> request = new HashMap<>();
    final Map<String, String> response = new HashMap<>();
    final Map<String, String> trailers = new HashMap<>();
    long startEpochMicros = START_EPOCH_MICROS;
    long durationNanos = 12_345_678;
    long flags;
    int responseCode = 200;
    @Nullable
    String upstreamHost = "10.0.0.1:9000";
    @Nullable
    String remote = "192.0.2.7:50000";

    Ended() {
        request.put(":method", "GET");
        request.put(":path", "/a?b=c");
        request.put(":authority", "shop.example");
    }

    @Override
    public long startEpochMicros() {
        return startEpochMicros;
    }

    @Override
    public long durationNanos() {
        return durationNanos;
    }

    @Override
    public long bytesReceived() {
        return 10;
    }

    @Override
    public long bytesSent() {
        return 2048;
    }

    @Override
    public long flags() {
        return flags;
    }

    @Override
    public int responseCode() {
        return responseCode;
    }

    @Override
    public String protocol() {
        return "HTTP/1.1";
    }

    @Override
    public long requestDurationNanos() {
        return 1_999_999;
    }

    @Override
    public @Nullable String upstreamHost() {
        return upstreamHost;
    }

    @Override
    public String upstreamCluster() {
        return "api";
    }

    @Override
    public String filterTimes() {
        return "cors=3+0";
    }

    @Override
    public int upstreamRequestAttemptCount() {
        return 2;
    }

    @Override
    public @Nullable String downstreamRemoteAddress() {
        return remote;
    }

    @Override
    public String downstreamLocalAddress() {
        return "[2001:db8::1]:443";
    }

    @Override
    public long connectionId() {
        return 17;
    }

    @Override
    public boolean requestHeader(String lowerName, LogBuffer out) {
        return append(request, lowerName, out);
    }

    @Override
    public boolean responseHeader(String lowerName, LogBuffer out) {
        return append(response, lowerName, out);
    }

    @Override
    public boolean responseTrailer(String lowerName, LogBuffer out) {
        return append(trailers, lowerName, out);
    }

    private static boolean append(Map<String, String> headers, String name, LogBuffer out) {
        String value = headers.get(name);
        if (value == null) {
            return false;
        }
        out.append(value);
        return true;
    }
}
