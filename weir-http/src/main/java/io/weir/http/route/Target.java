package io.weir.http.route;

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
 */
public record Target(String cluster, long weight, HeaderEdits requestEdits, HeaderEdits responseEdits,
        HostRewrite hostRewrite) {
    /** A cluster without edits. */
    public static Target of(String cluster) {
        return new Target(cluster, 1, HeaderEdits.NONE, HeaderEdits.NONE, HostRewrite.KEEP);
    }

    /** The same under another name. */
    Target named(String other) {
        return new Target(other, weight, requestEdits, responseEdits, hostRewrite);
    }
}
