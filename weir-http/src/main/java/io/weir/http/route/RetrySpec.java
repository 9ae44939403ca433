package io.weir.http.route;

import io.weir.core.time.ExponentialBackOff;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeaderMatch;
import io.weir.http.grpc.words.GrpcStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which failures of an attempt are tried again, how often and after what pause. Immutable. Durations are nanoseconds, 0
 * means none. Source: Envoy's {@code RetryPolicy}.
 *
 * @param conditions
 *            one bit for each {@link RetryOn}, see {@link #on}
 * @param retriesMax
 *            attempts after the first; 0 turns retries off
 * @param perTryTimeoutNanos
 *            for one attempt
 * @param perTryIdleTimeoutNanos
 *            for silence within one attempt
 * @param backOff
 *            a pause is random between 0 and this
 * @param statusCodes
 *            sorted; for {@link RetryOn#RETRIABLE_STATUS_CODES}
 * @param responseHeaders
 *            for {@link RetryOn#RETRIABLE_HEADERS}
 * @param requestHeaders
 *            where there are any, a request must pass one of them to be tried again
 * @param hosts
 *            which hosts a retry rather does without
 * @param rateLimited
 *            what an answer may say of the pause; null: nothing
 */
@SuppressWarnings("ArrayRecordComponent") // a sorted set of numbers, private to this record in effect
public record RetrySpec(int conditions, int retriesMax, long perTryTimeoutNanos, long perTryIdleTimeoutNanos,
        ExponentialBackOff backOff, int[] statusCodes, List<HeaderMatch> responseHeaders,
        List<HeaderMatch> requestHeaders, RetryHosts hosts, @Nullable ResetBackOff rateLimited) {
    /** Envoy's default. */
    public static final ExponentialBackOff BACK_OFF = ExponentialBackOff.tenfold(25_000_000L);

    private static final HeaderName RATE_LIMITED = HeaderName.of("x-envoy-ratelimited");
    private static final int[] NO_CODES = {};
    private static final RetrySpec OFF = new RetrySpec(0, 0, 0, 0, BACK_OFF, NO_CODES,
            List.of(), List.of());
    private static final RetrySpec BUILT_IN = of(Set.of(RetryOn.CONNECT_FAILURE, RetryOn.REFUSED_STREAM,
            RetryOn.RESET_BEFORE_REQUEST, RetryOn.RESET_IDEMPOTENT), 2);

    /** On any host, after a pause that no answer has a say in. */
    public RetrySpec(int conditions, int retriesMax, long perTryTimeoutNanos, long perTryIdleTimeoutNanos,
            ExponentialBackOff backOff, int[] statusCodes, List<HeaderMatch> responseHeaders,
            List<HeaderMatch> requestHeaders) {
        this(conditions, retriesMax, perTryTimeoutNanos, perTryIdleTimeoutNanos, backOff, statusCodes, responseHeaders,
                requestHeaders, RetryHosts.ANY, null);
    }

    /** Nothing is tried again. */
    public static RetrySpec off() {
        return OFF;
    }

    /**
     * What holds where neither route nor virtual host names a policy: what certainly reached no server is tried again
     * for every method, and a reset for the idempotent ones, twice. A dying server then costs no request.
     */
    public static RetrySpec builtIn() {
        return BUILT_IN;
    }

    /** These conditions with every other default. */
    public static RetrySpec of(Set<RetryOn> conditions, int retriesMax) {
        return new RetrySpec(bits(conditions), retriesMax, 0, 0, BACK_OFF, NO_CODES,
                List.of(), List.of());
    }

    /** The bits for {@link #conditions}. */
    public static int bits(Set<RetryOn> conditions) {
        int bits = 0;
        for (var condition : conditions) {
            bits |= condition.bit();
        }
        return bits;
    }

    /** Whether this condition is among the conditions. */
    public boolean on(RetryOn condition) {
        return (conditions & condition.bit()) != 0;
    }

    /** Whether any condition and any retry is left to be asked about. */
    public boolean enabled() {
        return conditions != 0 && retriesMax > 0;
    }

    /** Whether a failed connection attempt is tried again. */
    public boolean onConnectFailure() {
        return on(RetryOn.CONNECT_FAILURE) || on(RetryOn.RESET_BEFORE_REQUEST) || on(RetryOn.RESET)
                || on(RetryOn.SERVER_ERROR) || on(RetryOn.GATEWAY_ERROR);
    }

    /**
     * Whether a connection that broke, or an attempt whose time ran out, before the response began is tried again.
     *
     * @param requestBegun
     *            whether any byte of the request was written to it
     */
    public boolean onReset(HttpHead request, boolean requestBegun) {
        if (on(RetryOn.RESET) || on(RetryOn.SERVER_ERROR) || on(RetryOn.GATEWAY_ERROR)) {
            return true;
        }
        return (!requestBegun && on(RetryOn.RESET_BEFORE_REQUEST))
                || (on(RetryOn.RESET_IDEMPOTENT) && idempotent(request));
    }

    /** Whether a request that its host has not looked at (RFC 9113 section 8.7) is tried again: it can do no harm. */
    public boolean onRefused(HttpHead request) {
        return on(RetryOn.REFUSED_STREAM) || onReset(request, false);
    }

    /** Whether this request may be tried again at all; asked once. */
    public boolean allows(HttpHead request) {
        return enabled() && (requestHeaders.isEmpty() || anyPasses(requestHeaders, request));
    }

    /** Whether this request may be at two hosts at once: it is idempotent, or its route has resets tried again. */
    public boolean repeatable(HttpHead request) {
        return (idempotent(request) || onReset(request, true))
                && (requestHeaders.isEmpty() || anyPasses(requestHeaders, request));
    }

    /** Whether this response is thrown away and the request tried again. */
    public boolean onResponse(HttpHead response) {
        if (conditions == 0 || (response.has(RATE_LIMITED) && !on(RetryOn.ENVOY_RATELIMITED))) {
            return false;
        }
        int status = response.status();
        return (on(RetryOn.SERVER_ERROR) && status >= 500 && status < 600)
                || (on(RetryOn.GATEWAY_ERROR) && status >= 502 && status <= 504)
                || (on(RetryOn.RETRIABLE_4XX) && status == 409)
                || (on(RetryOn.ENVOY_RATELIMITED) && response.has(RATE_LIMITED))
                || (on(RetryOn.RETRIABLE_STATUS_CODES) && Arrays.binarySearch(statusCodes, status) >= 0)
                || (on(RetryOn.RETRIABLE_HEADERS) && anyPasses(responseHeaders, response))
                || (RetryOn.anyOfGrpc(conditions)
                        && (conditions & RetryOn.bitOfGrpc(GrpcStatus.in(response))) != 0);
    }

    private static boolean anyPasses(List<HeaderMatch> matches, HttpHead head) {
        for (int i = 0; i < matches.size(); i++) {
            if (matches.get(i).matches(head)) {
                return true;
            }
        }
        return false;
    }

    /** RFC 9110 section 9.2.2: the safe methods, PUT and DELETE. */
    public static boolean idempotent(HttpHead request) {
        return request.methodIs("GET") || request.methodIs("HEAD") || request.methodIs("PUT")
                || request.methodIs("DELETE") || request.methodIs("OPTIONS") || request.methodIs("TRACE");
    }
}
