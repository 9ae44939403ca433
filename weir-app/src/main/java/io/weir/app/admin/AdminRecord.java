package io.weir.app.admin;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.observe.log.AccessRecord;
import io.weir.observe.log.LogBuffer;
import org.jspecify.annotations.Nullable;

/** One request of the admin as its access log sees it; read while its head still stands. */
record AdminRecord(HttpHead request, String protocol, int responseCode, long flags, long startEpochMicros,
        long durationNanos, long bytesReceived, long bytesSent, @Nullable String downstreamRemoteAddress,
        @Nullable String downstreamLocalAddress, long connectionId) implements AccessRecord {

    @Override
    public boolean requestHeader(String lowerName, LogBuffer out) {
        return switch (lowerName) {
            case ":method" -> part(request.methodStart(), request.methodEnd(), out);
            case ":path" -> part(request.pathStart(), request.pathEnd(), out);
            case ":authority" -> part(request.authorityStart(), request.authorityEnd(), out);
            case ":scheme" -> {
                out.append("http");
                yield true;
            }
            default -> {
                int line = request.find(HeaderName.of(lowerName));
                yield line >= 0 && part(request.valueStart(line), request.valueEnd(line), out);
            }
        };
    }

    private boolean part(int start, int end, LogBuffer out) {
        if (start == end) {
            return false;
        }
        out.append(request.bytes(), start, end - start);
        return true;
    }
}
