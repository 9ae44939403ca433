package io.weir.http.control;

import io.weir.core.hedge.Backups;
import io.weir.http.route.match.RouteMatch;
import org.jspecify.annotations.Nullable;

/**
 * When requests of a route go to a further host before the first has answered. Immutable but for what the backups have
 * learnt. Source: Envoy's {@code HedgePolicy}, and Weir's own {@code weir.hedging}.
 *
 * @param atOnce
 *            so many hosts get each request from the beginning, 1 or more
 * @param oneMore
 *            so many requests get one more than that
 * @param onTryTimeout
 *            a try that takes longer than a try may goes on, while the next begins
 * @param backups
 *            a second host is asked when the first is later than most; null: never
 */
public record HedgeRule(int atOnce, RouteMatch.Share oneMore, boolean onTryTimeout, @Nullable Backups backups) {
    /** So many tries of one request may be under way. */
    public static final int AT_ONCE_MAX = 8;
    /** Nothing is sent twice. */
    public static final HedgeRule NONE = new HedgeRule(1, new RouteMatch.Share(0, 100), false, null);

    /** Whether anything may be sent twice. */
    public boolean hedges() {
        return atOnce > 1 || oneMore.numerator() > 0 || onTryTimeout || backups != null;
    }
}
