package io.weir.http.control;

import io.weir.http.route.Route;
import org.jspecify.annotations.Nullable;

/**
 * What a route says of the tries of its requests, beside which of them are repeated. Immutable.
 *
 * @param hedge
 *            when a further host is asked before the first has answered
 * @param redirects
 *            which redirects are followed; null: none
 * @param replayBytesMax
 *            so many bytes of a request's body are kept so that it can be sent again
 * @param tellsTimeouts
 *            whether a try after one that took too long says so: {@code x-envoy-is-timeout-retry}
 */
public record TryRules(HedgeRule hedge, @Nullable RedirectRule redirects, int replayBytesMax,
        boolean tellsTimeouts) implements Route.Note {
    /** Where nothing is said; beyond it a request goes on, but is not repeated. */
    public static final int REPLAY_BYTES_MAX = 64 * 1024;
    /** Of a route that says nothing. */
    public static final TryRules DEFAULT = new TryRules(HedgeRule.NONE, null, REPLAY_BYTES_MAX, false);
}
