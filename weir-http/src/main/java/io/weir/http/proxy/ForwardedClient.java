package io.weir.http.proxy;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec.ClientAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where in {@code x-forwarded-for} the client stands that is to be believed, after our own entry was appended: as many
 * entries from the end as proxies in front are trusted, as Envoy counts. Finding it allocates nothing. Serves one
 * exchange after another; belongs to one worker.
 */
final class ForwardedClient {
    /** How many entries from the end; -1: the connection's far end is the client. */
    private final int fromEnd;
    private int start;
    private int end;

    ForwardedClient(ClientAddress rule) {
        int hops = rule.xffTrustedHops();
        if (!rule.useRemoteAddress()) {
            fromEnd = hops;
        } else {
            // our own entry is the last one, unless none is written
            fromEnd = rule.skipXffAppend() ? hops - 1 : hops == 0 ? -1 : hops;
        }
    }

    /** Looks for it in a request; false where there is none, or what stands there is no address. */
    boolean find(@Nullable HttpHead request) {
        if (fromEnd < 0 || request == null) {
            return false;
        }
        int line = -1;
        for (int i = request.find(HeaderName.X_FORWARDED_FOR); i >= 0; i = request.find(HeaderName.X_FORWARDED_FOR,
                i + 1)) {
            line = i;
        }
        return line >= 0 && find(request.bytes(), request.valueStart(line), request.valueEnd(line));
    }

    private boolean find(byte[] bytes, int from, int to) {
        int last = to;
        for (int skipped = 0; skipped < fromEnd; skipped++) {
            last--;
            while (last >= from && bytes[last] != ',') {
                last--;
            }
            if (last < from) {
                return false;
            }
        }
        int first = last;
        while (first > from && bytes[first - 1] != ',') {
            first--;
        }
        while (first < last && bytes[first] == ' ') {
            first++;
        }
        while (last > first && bytes[last - 1] == ' ') {
            last--;
        }
        for (int i = first; i < last; i++) {
            byte b = bytes[i];
            boolean inAddress = b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F' || b == '.'
                    || b == ':';
            if (!inAddress) {
                return false;
            }
        }
        start = first;
        end = last;
        return last > first;
    }

    /** Where it begins in the head's bytes, after {@link #find}. */
    int start() {
        return start;
    }

    /** Where it ends. */
    int end() {
        return end;
    }
}
