package io.weir.http.shadow;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.match.RouteMatch;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that gets a copy of a route's requests, whose answers nobody sees. Immutable. Source: Envoy's
 * {@code RequestMirrorPolicy}.
 *
 * @param cluster
 *            its name; empty where a header names it
 * @param header
 *            which request header names it, or null
 * @param share
 *            how many of the requests are copied
 * @param edits
 *            what happens to the copy's header before its host is changed
 * @param host
 *            the copy's host; empty for the request's own
 * @param suffixed
 *            whether {@code -shadow} is put behind the host's name, so that the cluster can tell
 */
public record ShadowPolicy(String cluster, @Nullable HeaderName header, RouteMatch.Share share, HeaderEdits edits,
        String host, boolean suffixed) {
    private static final String SUFFIX = "-shadow";

    /** A copy of every request to one cluster, with every default. */
    public static ShadowPolicy to(String cluster) {
        return new ShadowPolicy(cluster, null, RouteMatch.Share.ALL, HeaderEdits.NONE, "", true);
    }

    /** The name of the cluster that gets this request's copy; empty where the request names none. */
    public String clusterFor(HttpHead request) {
        if (header == null) {
            return cluster;
        }
        String named = request.value(header);
        return named == null ? "" : named;
    }

    /** The host of the copy of a request to {@code authority}: the suffix stands before its port. */
    public String hostFor(String authority) {
        if (!host.isEmpty()) {
            return host;
        }
        if (!suffixed) {
            return authority;
        }
        int colon = authority.lastIndexOf(':');
        return colon < 0 || authority.lastIndexOf(']') > colon
                ? authority + SUFFIX
                : authority.substring(0, colon) + SUFFIX + authority.substring(colon);
    }
}
