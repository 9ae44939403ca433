package io.weir.http.control;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Forward;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.RetryOn;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.match.HeaderMatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of its own timeouts and retries in {@code x-envoy-} fields. A connection manager at the edge
 * takes these fields out before anybody looks, so only callers inside are heard. What is no number is not heard either.
 * Stateless. Source: Envoy's router filter, "HTTP headers (consumed)".
 */
public final class RequestControls {
    private static final HeaderName RETRIABLE_STATUS_CODES = HeaderName.of("x-envoy-retriable-status-codes");
    private static final HeaderName RETRIABLE_HEADER_NAMES = HeaderName.of("x-envoy-retriable-header-names");
    private static final long MILLIS_MAX = 100_000_000_000L;
    private static final int RETRIES_MAX = 1_000;
    /** So many fields may a request name. */
    private static final int NAMES_MAX = 32;

    private RequestControls() {}

    /** The route for this request; the very same where the request asks for nothing. Timeouts are taken out. */
    public static Forward applied(Forward route, HttpHead request) {
        Forward result = route;
        long timeout = millis(request, HeaderName.X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS);
        long perTry = millis(request, HeaderName.X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS);
        if (timeout >= 0) {
            result = result.withTimeout(timeout * 1_000_000);
        }
        if (perTry >= 0 || request.has(HeaderName.X_ENVOY_RETRY_ON) || request.has(HeaderName.X_ENVOY_RETRY_GRPC_ON)
                || request.has(HeaderName.X_ENVOY_MAX_RETRIES)) {
            result = result.withRetry(retry(result, request, perTry));
        }
        return result;
    }

    private static RetrySpec retry(Forward route, HttpHead request, long perTryMillis) {
        RetrySpec base = route.retry();
        int conditions = base.conditions() | bits(request.value(HeaderName.X_ENVOY_RETRY_ON))
                | bits(request.value(HeaderName.X_ENVOY_RETRY_GRPC_ON));
        long retries = number(request.value(HeaderName.X_ENVOY_MAX_RETRIES), RETRIES_MAX);
        int atMost = retries >= 0
                ? (int) retries
                : Math.max(base.retriesMax(), base.conditions() == conditions ? 0 : 1);
        long perTry = perTryMillis >= 0 ? perTryMillis * 1_000_000 : base.perTryTimeoutNanos();
        boolean longer = route.timeoutNanos() > 0 && perTry >= route.timeoutNanos();
        return new RetrySpec(conditions, atMost, longer ? 0 : perTry, base.perTryIdleTimeoutNanos(),
                base.backOff(), codes(base.statusCodes(), request),
                headers(base.responseHeaders(), request), base.requestHeaders(), base.hosts(), base.rateLimited());
    }

    /** The words that are conditions, as bits; others say nothing. */
    private static int bits(@Nullable String words) {
        int bits = 0;
        for (String word : words == null ? new String[0] : words.split(",", -1)) {
            for (RetryOn condition : RetryOn.values()) {
                if (condition.word().equals(word.strip())) {
                    bits |= condition.bit();
                }
            }
        }
        return bits;
    }

    private static int[] codes(int[] base, HttpHead request) {
        String list = request.value(RETRIABLE_STATUS_CODES);
        if (list == null) {
            return base;
        }
        IntStream asked = Arrays.stream(list.split(",", -1)).mapToInt(word -> (int) number(word.strip(), 999));
        return IntStream.concat(Arrays.stream(base), asked.filter(code -> code >= 100)).sorted().toArray();
    }

    /** The fields whose presence is a reason, beside those of the route. */
    private static List<HeaderMatch> headers(List<HeaderMatch> base, HttpHead request) {
        String list = request.value(RETRIABLE_HEADER_NAMES);
        if (list == null) {
            return base;
        }
        var all = new ArrayList<>(base);
        for (String word : list.split(",", NAMES_MAX)) {
            if (HeaderEdits.isName(word.strip(), false)) {
                all.add(new HeaderMatch(word.strip(), new HeaderMatch.Test.Present(true), false, false));
            }
        }
        return all;
    }

    private static long millis(HttpHead request, HeaderName name) {
        if (!request.has(name)) {
            return -1;
        }
        long millis = number(request.value(name), MILLIS_MAX);
        request.remove(name);
        return millis;
    }

    /** The number, up to {@code max}; -1 where it is none. */
    private static long number(@Nullable String text, long max) {
        if (text == null || text.isEmpty() || text.length() > 12) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return Math.min(number, max);
    }
}
