package io.weir.http.config;

import io.weir.http.control.TryRules;
import io.weir.http.ratelimit.DescriptorRule;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.RetrySpec;
import io.weir.http.shadow.ShadowPolicy;
import io.weir.http.tally.Counted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What holds for a route because of where it stands.
 *
 * @param levels
 *            the header edits around it, the most specific level first
 * @param mostSpecificWins
 *            whether the most specific level is applied last, so that it has the last word
 * @param retry
 *            the virtual host's policy, or null
 * @param filters
 *            the HTTP filters, as the levels so far have them
 * @param descriptorRules
 *            the virtual host's
 * @param shadows
 *            who gets copies of requests, where a route does not say
 * @param tries
 *            what holds for the tries of requests, where a route does not say
 * @param metadata
 *            what the virtual host says of itself, by namespace
 * @param counted
 *            where requests count, but for a route's own numbers
 */
record RouteScope(List<EditsReader.Both> levels, boolean mostSpecificWins, @Nullable RetrySpec retry,
        boolean attemptCountUpstream, boolean attemptCountDownstream, int bodyBytesMax, boolean clustersMustExist,
        FilterLevel filters, List<DescriptorRule> descriptorRules, List<ShadowPolicy> shadows, TryRules tries,
        Map<String, Object> metadata, Counted counted) {

    /** One level further in. */
    RouteScope with(EditsReader.Both level) {
        var all = new ArrayList<EditsReader.Both>();
        all.add(level);
        all.addAll(levels);
        return new RouteScope(List.copyOf(all), mostSpecificWins, retry, attemptCountUpstream, attemptCountDownstream,
                bodyBytesMax, clustersMustExist, filters, descriptorRules, shadows, tries, metadata, counted);
    }

    /** The same with what this level says of single filters. */
    RouteScope with(FilterLevel inner) {
        return new RouteScope(levels, mostSpecificWins, retry, attemptCountUpstream, attemptCountDownstream,
                bodyBytesMax, clustersMustExist, inner, descriptorRules, shadows, tries, metadata, counted);
    }

    HeaderEdits requestEdits() {
        return HeaderEdits.of(ordered().stream().map(EditsReader.Both::request).toList());
    }

    HeaderEdits responseEdits() {
        return HeaderEdits.of(ordered().stream().map(EditsReader.Both::response).toList());
    }

    private List<EditsReader.Both> ordered() {
        return mostSpecificWins ? levels.reversed() : levels;
    }
}
