package io.weir.http.route;

import io.weir.core.model.Criteria;
import io.weir.http.route.rewrite.HostRewrite;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that a route may choose, with everything that depends on the choice. Immutable.
 *
 * @param cluster
 *            the cluster's name
 * @param weight
 *            its share among its neighbours; 1 where it is alone
 * @param requestEdits
 *            what happens to the request's header, all four levels in order
 * @param responseEdits
 *            what happens to the response's header, all four levels in order
 * @param hostRewrite
 *            {@link HostRewrite#KEEP} or a literal that goes before the route's own
 * @param criteria
 *            what is asked of a host's metadata, the cluster's part of the route merged with the route's; null: nothing
 * @param bufferBytesMax
 *            a request's body is gathered before it is sent, and refused when it is longer than this; {@link #STREAMED}
 *            passes it on as it comes, however long it is
 * @param chain
 *            which of the connection manager's filter chains its requests pass
 */
public record Target(String cluster, long weight, HeaderEdits requestEdits, HeaderEdits responseEdits,
        HostRewrite hostRewrite, @Nullable Criteria criteria, long bufferBytesMax, int chain) {
    /** Bodies are not gathered. */
    public static final long STREAMED = -1;

    /** With the connection manager's filters as they are. */
    public Target(String cluster, long weight, HeaderEdits requestEdits, HeaderEdits responseEdits,
            HostRewrite hostRewrite, @Nullable Criteria criteria, long bufferBytesMax) {
        this(cluster, weight, requestEdits, responseEdits, hostRewrite, criteria, bufferBytesMax, Route.OUTERMOST);
    }

    /** A cluster without edits. */
    public static Target of(String cluster) {
        return new Target(cluster, 1, HeaderEdits.NONE, HeaderEdits.NONE, HostRewrite.KEEP, null, STREAMED);
    }

    /** The same, whose bodies are passed on as they come. */
    public Target streamed() {
        return new Target(cluster, weight, requestEdits, responseEdits, hostRewrite, criteria, STREAMED, chain);
    }

    /** The same under another name. */
    Target named(String other) {
        return new Target(other, weight, requestEdits, responseEdits, hostRewrite, criteria, bufferBytesMax, chain);
    }
}
