package io.weir.http.route;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.observe.log.LogBuffer;
import io.weir.observe.log.ResponseFlag;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Heads for tests, as the codec would leave them. */
public final class Heads {
    private Heads() {}

    /** A request; {@code lines} are {@code name: value}. */
    public static HttpHead request(String method, String authority, String path, String... lines) {
        var head = new HttpHead();
        head.path(method);
        head.method(head.pathStart(), head.pathEnd());
        head.path(path);
        if (!authority.isEmpty()) {
            head.authority(authority);
        }
        add(head, lines);
        return head;
    }

    /** A GET to a.example. */
    public static HttpHead to(String path, String... lines) {
        return request("GET", "a.example", path, lines);
    }

    /** A response. */
    public static HttpHead response(int status, String... lines) {
        var head = new HttpHead();
        head.status(status);
        add(head, lines);
        return head;
    }

    private static void add(HttpHead head, String... lines) {
        for (String line : lines) {
            int colon = line.indexOf(':', 1);
            head.add(HeaderName.of(line.substring(0, colon)), line.substring(colon + 1).strip());
        }
    }

    /** The kept lines in order, {@code name: value}. */
    public static List<String> lines(HttpHead head) {
        var lines = new ArrayList<String>();
        for (int i = 0; i < head.count(); i++) {
            if (!head.removed(i)) {
                lines.add(head.name(i) + ": " + head.value(i));
            }
        }
        return lines;
    }

    /** Fixed answers for formats. */
    public static FormatSource source(HttpHead request) {
        return new Fixed(request);
    }

    private record Fixed(HttpHead request) implements FormatSource {
        @Override
        public String downstreamRemoteAddress() {
            return "192.0.2.7:4711";
        }

        @Override
        public String downstreamDirectRemoteAddress() {
            return "[2001:db8::7]:4712";
        }

        @Override
        public String downstreamLocalAddress() {
            return "198.51.100.1:443";
        }

        @Override
        public String protocol() {
            return "HTTP/1.1";
        }

        @Override
        public long startEpochMicros() {
            return 1_795_446_000_123_456L;
        }

        @Override
        public String routeName() {
            return "shop";
        }

        @Override
        public @Nullable String upstreamCluster() {
            return "blue";
        }

        @Override
        public @Nullable String upstreamHost() {
            return null;
        }

        @Override
        public long durationNanos() {
            throw new IllegalStateException("the request is not over");
        }

        @Override
        public long bytesReceived() {
            return 7;
        }

        @Override
        public long bytesSent() {
            throw new IllegalStateException("the request is not over");
        }

        @Override
        public long flags() {
            return ResponseFlag.UF.bit();
        }

        @Override
        public int responseCode() {
            return 503;
        }

        @Override
        public long connectionId() {
            return 11;
        }

        @Override
        public String upstreamTransportFailureReason() {
            return "line one\nline two";
        }

        @Override
        public boolean requestHeader(String lowerName, LogBuffer out) {
            String value = lowerName.equals(":path") ? request.path() : request.value(HeaderName.of(lowerName));
            if (value == null) {
                return false;
            }
            out.append(value);
            return true;
        }
    }
}
