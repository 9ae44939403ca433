package io.weir.http.route;

import io.weir.core.hash.HashKeys;
import io.weir.core.model.RoutingPriority;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.rewrite.PathRewrite;

/**
 * A route that goes to a cluster. Durations are nanoseconds; 0 means none. Source: Envoy's {@code RouteAction}.
 *
 * @param choice
 *            which cluster
 * @param timeoutNanos
 *            from the end of the request to the end of the response, all attempts together; 15 s by default
 * @param idleTimeoutNanos
 *            how long the stream may stay silent; {@link #INHERIT_NANOS} takes the connection manager's
 *            {@code streamIdleTimeoutNanos}
 * @param retry
 *            which failures are tried again
 * @param pathRewrite
 *            what happens to the path
 * @param hostRewrite
 *            what happens to the authority
 * @param appendForwardedHost
 *            whether the authority before the rewrite is appended to {@code x-forwarded-host}
 * @param clusterNotFoundStatus
 *            what is answered where the chosen cluster does not exist: 503, 404 or 500
 * @param attemptCountUpstream
 *            whether requests carry {@code x-envoy-attempt-count}
 * @param attemptCountDownstream
 *            whether responses carry it
 * @param priority
 *            whose limits of the cluster hold
 * @param hashKeys
 *            what of the request is hashed, where the cluster's policy goes by hashes
 */
public record Forward(ClusterChoice choice, long timeoutNanos, long idleTimeoutNanos, long durationMaxNanos,
        RetrySpec retry,
        PathRewrite pathRewrite, HostRewrite hostRewrite, boolean appendForwardedHost, int clusterNotFoundStatus,
        boolean attemptCountUpstream, boolean attemptCountDownstream, RoutingPriority priority, HashKeys hashKeys)
        implements
            RouteAction {
    /** The route names no limit of its own. */
    public static final long INHERIT_NANOS = -1;
    /** Envoy's default for {@code timeout}. */
    public static final long TIMEOUT_NANOS = 15_000_000_000L;

    /** Of no special priority, and nothing hashed. */
    public Forward(ClusterChoice choice, long timeoutNanos, long idleTimeoutNanos, long durationMaxNanos,
            RetrySpec retry, PathRewrite pathRewrite, HostRewrite hostRewrite, boolean appendForwardedHost,
            int clusterNotFoundStatus, boolean attemptCountUpstream, boolean attemptCountDownstream) {
        this(choice, timeoutNanos, idleTimeoutNanos, durationMaxNanos, retry, pathRewrite, hostRewrite,
                appendForwardedHost, clusterNotFoundStatus, attemptCountUpstream, attemptCountDownstream,
                RoutingPriority.DEFAULT, HashKeys.NONE);
    }

    /** To one cluster, with every default. */
    public static Forward to(String cluster) {
        return new Forward(new ClusterChoice.Single(Target.of(cluster)), TIMEOUT_NANOS, INHERIT_NANOS, INHERIT_NANOS,
                RetrySpec.builtIn(), PathRewrite.KEEP, HostRewrite.KEEP, false, 503, false, false);
    }

    /** The same with another policy of retries. */
    public Forward withRetry(RetrySpec other) {
        return new Forward(choice, timeoutNanos, idleTimeoutNanos, durationMaxNanos, other, pathRewrite, hostRewrite,
                appendForwardedHost, clusterNotFoundStatus, attemptCountUpstream, attemptCountDownstream, priority,
                hashKeys);
    }

    /** The same with another timeout; 0 for none. */
    public Forward withTimeout(long nanos) {
        return new Forward(choice, nanos, idleTimeoutNanos, durationMaxNanos, retry, pathRewrite, hostRewrite,
                appendForwardedHost, clusterNotFoundStatus, attemptCountUpstream, attemptCountDownstream, priority,
                hashKeys);
    }

    /** The same with another priority. */
    public Forward withPriority(RoutingPriority other) {
        return new Forward(choice, timeoutNanos, idleTimeoutNanos, durationMaxNanos, retry, pathRewrite, hostRewrite,
                appendForwardedHost, clusterNotFoundStatus, attemptCountUpstream, attemptCountDownstream, other,
                hashKeys);
    }

    /** The same with other keys of the request's hash. */
    public Forward withHashKeys(HashKeys other) {
        return new Forward(choice, timeoutNanos, idleTimeoutNanos, durationMaxNanos, retry, pathRewrite, hostRewrite,
                appendForwardedHost, clusterNotFoundStatus, attemptCountUpstream, attemptCountDownstream, priority,
                other);
    }

    /**
     * Makes the request ready for the target, once, before the first attempt: header edits of all levels, then the
     * authority, then the path, as Envoy orders them. Only {@link HostRewrite.ToEndpoint} is left to the caller, who
     * knows the host: {@link #rewriteHostTo}.
     *
     * @param head
     *            the request, changed in place
     * @param target
     *            what {@link #choice} chose
     * @param source
     *            what value formats ask for
     * @param originalPath
     *            whether a rewritten path leaves the old one in {@code x-envoy-original-path}
     */
    public void prepare(HttpHead head, Target target, FormatSource source, boolean originalPath) {
        target.requestEdits().apply(head, source);
        if (target.hostRewrite() instanceof HostRewrite.Literal literal) {
            rewriteHostTo(head, literal.host());
        } else {
            String host = hostRewrite.hostFor(head);
            if (host != null) {
                rewriteHostTo(head, host);
            }
        }
        pathRewrite.apply(head, originalPath);
    }

    /** Replaces the authority, noting the old one in {@code x-forwarded-host} where the route asks for it. */
    public void rewriteHostTo(HttpHead head, String host) {
        if (appendForwardedHost) {
            appendForwardedHost(head);
        }
        head.authority(host);
    }

    /** Whether the authority becomes the chosen endpoint's host name. */
    public boolean hostFromEndpoint(Target target) {
        return target.hostRewrite() instanceof HostRewrite.Keep && hostRewrite instanceof HostRewrite.ToEndpoint;
    }

    private static void appendForwardedHost(HttpHead head) {
        String old = head.authority();
        String before = head.value(HeaderName.X_FORWARDED_HOST);
        if (old.isEmpty()) {
            return;
        }
        if (before == null) {
            head.add(HeaderName.X_FORWARDED_HOST, old);
        } else if (!before.equals(old) && !before.endsWith("," + old) && !before.endsWith(", " + old)) {
            head.set(HeaderName.X_FORWARDED_HOST, before + "," + old);
        }
    }
}
