package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.rewrite.PathRewrite;
import org.jspecify.annotations.Nullable;

/**
 * An answer that sends the client elsewhere. Source: Envoy's {@code RedirectAction}.
 *
 * @param status
 *            301, 302, 303, 307 or 308
 * @param scheme
 *            the new scheme, or null for the request's
 * @param host
 *            the new host, or null for the request's
 * @param port
 *            the new port, or 0 for what follows from host and scheme
 * @param path
 *            how the path changes
 * @param stripQuery
 *            whether the query is left out
 */
public record Redirect(int status, @Nullable String scheme, @Nullable String host, int port, PathChange path,
        boolean stripQuery) implements RouteAction {

    /** How a redirect changes the path. */
    public sealed interface PathChange {
        /** The path stays. */
        record Keep() implements PathChange {
        }

        /** The path becomes this; a query in it takes the place of the request's. */
        record Replace(String path) implements PathChange {
        }

        /** As a forwarded request's path would be rewritten. */
        record Rewrite(PathRewrite rewrite) implements PathChange {
        }
    }

    /** With this status, path and query kept. */
    public static Redirect to(@Nullable String scheme, @Nullable String host, int status) {
        return new Redirect(status, scheme, host, 0, new PathChange.Keep(), false);
    }

    /**
     * The Location value.
     *
     * @param head
     *            the request, which is not changed
     * @param requestScheme
     *            {@code http} or {@code https}, as the client sees it
     */
    public String location(HttpHead head, String requestScheme) {
        String newScheme = scheme == null ? requestScheme : scheme;
        var out = new StringBuilder(64).append(newScheme).append("://");
        String authority = head.authority();
        int portStart = portStart(authority);
        if (host != null) {
            out.append(host);
        } else if (port != 0 || redundantPort(authority, portStart, requestScheme, newScheme)) {
            out.append(authority, 0, portStart);
        } else {
            out.append(authority);
        }
        if (port != 0) {
            out.append(':').append(port);
        }
        appendPath(head, out);
        return out.toString();
    }

    /** The request's standard port would be wrong under the other scheme. */
    private static boolean redundantPort(String authority, int portStart, String from, String to) {
        String old = authority.substring(portStart);
        return !from.equals(to) && old.equals(from.equals("https") ? ":443" : ":80");
    }

    private void appendPath(HttpHead head, StringBuilder out) {
        int pathEnd = PathMatch.pathEnd(head);
        String query = stripQuery ? "" : head.text(pathEnd, head.pathEnd());
        switch (path) {
            case PathChange.Keep _ -> out.append(head.text(head.pathStart(), pathEnd)).append(query);
            case PathChange.Replace replace -> {
                boolean own = replace.path().indexOf('?') >= 0;
                out.append(HeadText.latin(replace.path())).append(own ? "" : query);
            }
            case PathChange.Rewrite rewrite -> out.append(rewrite.rewrite().rewritten(head)).append(query);
        }
    }

    /** Where the port's colon stands, or the length without a port. An IPv6 address stands in brackets. */
    static int portStart(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon < 0 || authority.lastIndexOf(']') > colon ? authority.length() : colon;
    }
}
