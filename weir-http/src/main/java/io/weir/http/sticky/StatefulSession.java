package io.weir.http.sticky;

import io.weir.core.model.Host;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.sticky.SessionState.Session;
import io.weir.observe.log.ResponseFlag;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The sessions of one connection's requests, one after another. */
final class StatefulSession implements FilterStep {
    /** Where nothing says which host a session is at. */
    static final FilterStep NOTHING = _ -> Flow.NEXT;

    private final SessionState state;
    private final boolean strict;
    private final @Nullable SessionStats stats;
    private final FilterExchange exchange;
    private boolean holds;
    private @Nullable Session session;
    /** The client's words that were read last, when that was, and what they say: a client has the same for long. */
    private byte[] words = {};
    private long wordsSeconds;
    private @Nullable Session said;

    StatefulSession(SessionState state, boolean strict, @Nullable SessionStats stats, FilterExchange exchange) {
        this.state = state;
        this.strict = strict;
        this.stats = stats;
        this.exchange = exchange;
    }

    /** A session's end is told by the wall clock: it is kept by clients, and may be read by another Weir. */
    private static long nowSeconds() {
        return System.currentTimeMillis() / 1000;
    }

    @Override
    public Flow requestHead(HttpHead request) {
        holds = state.holds(request);
        session = holds ? find(request, nowSeconds()) : null;
        var found = session;
        if (found != null) {
            exchange.bind(found.address(), strict);
        }
        return Flow.NEXT;
    }

    private @Nullable Session find(HttpHead request, long nowSeconds) {
        long span = state.locate(request);
        if (span == SessionState.CHANGES) {
            return state.find(request, nowSeconds);
        }
        if (span == SessionState.ABSENT) {
            return null;
        }
        int start = (int) (span >>> 32);
        int end = (int) span;
        if (nowSeconds != wordsSeconds || !Arrays.equals(request.bytes(), start, end, words, 0, words.length)) {
            words = Arrays.copyOfRange(request.bytes(), start, end);
            wordsSeconds = nowSeconds;
            said = state.find(request, nowSeconds);
        }
        return said;
    }

    @Override
    public void responseHead(HttpHead response) {
        Host host = exchange.host();
        if (host == null || !exchange.fromHost()) {
            // an answer of our own names no host: what could not be had is not where the next request should go
            if (stats != null && strict && session != null && (exchange.flags() & ResponseFlag.UH.bit()) != 0) {
                stats.failedClosed.increment();
            }
            return;
        }
        var before = session;
        if (!holds) {
            if (stats != null) {
                stats.noSession.increment();
            }
            return;
        }
        state.tell(response, before, host.addressText(), nowSeconds());
        if (stats != null) {
            if (before != null && before.address().equals(host.addressText())) {
                stats.routed.increment();
            } else if (!strict) {
                stats.failedOpen.increment();
            }
        }
    }
}
