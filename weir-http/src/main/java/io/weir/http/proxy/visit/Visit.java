package io.weir.http.proxy.visit;

import io.netty.channel.Channel;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import io.weir.core.tls.TlsFacts;
import io.weir.http.codec.HttpHead;
import io.weir.http.orca.HostHints;
import io.weir.net.tls.TlsSession;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A request's stay at one host: counted there from its pick to its end, and its outcome told to the cluster once.
 * Serves one visit after another; belongs to one worker.
 */
public final class Visit {
    /** Of a request that has been to no host, or by now has another route; nobody begins it. */
    public static final Visit NOWHERE = new Visit();

    private @Nullable Cluster cluster;
    private @Nullable Host host;
    private boolean open;
    private boolean told;
    private boolean connected;
    private long beganNanos;
    private long headNanos;
    private int inFlight;
    private @Nullable SocketAddress localAddress;
    private @Nullable TlsSession tls;
    private @Nullable String failureReason;
    private @Nullable String protocol;

    /** Nothing is known of the request that begins. */
    public void clear() {
        localAddress = null;
        tls = null;
        failureReason = null;
        protocol = null;
    }

    /** What was spoken with the last host to which there was a connection; null without one. */
    @Nullable
    public String protocol() {
        return protocol;
    }

    /** The request goes to this host. */
    public void begin(Cluster to, Host chosen, long nowNanos) {
        cluster = to;
        host = chosen;
        open = true;
        told = false;
        connected = false;
        beganNanos = nowNanos;
        headNanos = nowNanos;
        inFlight = to.began(chosen, nowNanos);
    }

    /** The host has no more to do with the request; it is remembered for the log. */
    public void end() {
        var at = host;
        var to = cluster;
        if (open && at != null && to != null) {
            open = false;
            to.left(at);
            if (connected) {
                to.stats().upstreamRqActive().decrement();
            }
        }
    }

    public void forget() {
        cluster = null;
        host = null;
    }

    /** There is a connection to the host: only now is the request one of the cluster's, as in Envoy. */
    public void connected(@Nullable Channel connection, String spoken) {
        localAddress = connection == null ? null : connection.localAddress();
        tls = connection == null ? null : TlsSession.of(connection);
        failureReason = null; // of another host, before this one
        protocol = spoken;
        var to = cluster;
        if (open && !connected && to != null) {
            connected = true;
            to.stats().upstreamRqTotal().increment();
            to.stats().upstreamRqActive().increment();
        }
    }

    /** There is none; {@code reason} is empty where it is not known. */
    public void unreachable(String reason) {
        failureReason = reason.isEmpty() ? null : reason;
    }

    /** The head of the answer is here: how long the host took ends now, as the rest is for the client to take. */
    public void head(HttpHead head, long nowNanos) {
        headNanos = nowNanos;
        var at = host;
        var to = cluster;
        if (open && at != null && to != null) {
            HostHints.tell(head, at.balanceTracker(), nowNanos);
            HostHints.tell(head, at.loadTracker(), nowNanos);
            if (to.spec().health().checks() != null && HostHints.askedOut(head)) {
                to.askedOut(at, nowNanos);
            }
        }
    }

    /** The last fields of the answer: some servers tell their load there. */
    public void trailers(HttpHead trailers, long nowNanos) {
        var at = host;
        if (open && at != null) {
            HostHints.tell(trailers, at.balanceTracker(), nowNanos);
            HostHints.tell(trailers, at.loadTracker(), nowNanos);
        }
    }

    /** The host has answered, with the head told before. */
    public void answered(int status, long nowNanos) {
        var at = host;
        var to = cluster;
        if (!told && at != null && to != null) {
            told = true;
            to.answered(at, status, headNanos - beganNanos, inFlight, nowNanos);
        }
    }

    /** The host had the request, and no answer in time. */
    public void tookTooLong(long nowNanos) {
        var at = host;
        var to = cluster;
        if (!told && at != null && to != null) {
            told = true;
            to.timedOut(at, nowNanos - beganNanos, nowNanos);
        }
    }

    /** The host broke off; what TLS has to say of that is known by its connection. */
    public void brokeOff(long nowNanos) {
        failureReason = tls == null ? null : tls.failure();
        var at = host;
        var to = cluster;
        if (!told && at != null && to != null) {
            told = true;
            to.reset(at, nowNanos - beganNanos, nowNanos);
        }
    }

    /** Whether a host has the request now. */
    public boolean open() {
        return open;
    }

    public long beganNanos() {
        return beganNanos;
    }

    /** Where the request counts, from the pick on; null before one. */
    @Nullable
    public Cluster cluster() {
        return cluster;
    }

    /** Our end of the last connection, while it is known. */
    @Nullable
    public SocketAddress localAddress() {
        return localAddress;
    }

    /** What is known of the last connection, where it is secured; null: it is not. */
    public @Nullable TlsFacts tls() {
        return tls;
    }

    /** Why the last connection could not be had, or what broke its TLS; or null. */
    @Nullable
    public String failureReason() {
        return failureReason;
    }

    /** The host of this visit or the last. */
    @Nullable
    public Host host() {
        return host;
    }
}
