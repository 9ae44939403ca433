package io.weir.http.control;

import io.weir.http.codec.HeaderName;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which redirects of hosts are followed in the client's stead. Immutable. Source: Envoy's
 * {@code InternalRedirectPolicy} and its three predicates.
 *
 * @param redirectsMax
 *            so many in a row for one request
 * @param statuses
 *            which of 301, 302, 303, 307 and 308
 * @param crossScheme
 *            whether one from http to https, or back, is followed
 * @param safeCrossScheme
 *            only where it is not from https to http
 * @param newRoutesOnly
 *            not to a route that the request has been to
 * @param routes
 *            only to routes of these names; null: to any
 * @param copied
 *            fields of the answer that the next request carries
 */
public record RedirectRule(int redirectsMax, Set<Integer> statuses, boolean crossScheme, boolean safeCrossScheme,
        boolean newRoutesOnly, @Nullable Set<String> routes, List<HeaderName> copied) {
    /** More than this in a row is nothing that anybody means. */
    public static final int REDIRECTS_MAX = 20;

    public RedirectRule {
        statuses = Set.copyOf(statuses);
        routes = routes == null ? null : Set.copyOf(routes);
        copied = List.copyOf(copied);
    }
}
