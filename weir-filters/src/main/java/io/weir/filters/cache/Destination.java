package io.weir.filters.cache;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.Forward;
import io.weir.http.route.Target;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.rewrite.PathRewrite;
import org.jspecify.annotations.Nullable;

/**
 * Whose answer a request gets: the cluster, and what its route makes of host, path and fields. Two routes that match
 * one path by other fields may send other requests to one cluster, whose answers are not each other's.
 */
final class Destination {
    /** A character that stands in no cluster's name, host or path. */
    private static final char BORDER = '\t';

    private Destination() {}

    /**
     * As a text, the same for the same destination.
     *
     * @return null where that depends on more than the request's URI, or where a client's own data are written into
     *         answers: such answers are nobody else's
     */
    static @Nullable String of(HttpHead request, Forward how, Target target) {
        String asked = target.requestEdits().text();
        String answered = target.responseEdits().text();
        if (target.criteria() != null || asked == null || answered == null) {
            return null;
        }
        String host = target.hostRewrite() instanceof HostRewrite.Literal literal
                ? literal.host()
                : how.hostRewrite().hostFor(request);
        String path = how.pathRewrite() instanceof PathRewrite.Keep ? "" : how.pathRewrite().rewritten(request);
        if (host == null && path.isEmpty() && asked.isEmpty() && answered.isEmpty()) {
            return target.cluster();
        }
        return target.cluster() + BORDER + (host == null ? "" : host) + BORDER + path + BORDER + asked + BORDER
                + answered;
    }
}
