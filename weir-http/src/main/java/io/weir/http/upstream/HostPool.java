package io.weir.http.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ConnectTimeoutException;
import io.weir.core.admit.CircuitBreaker;
import io.weir.core.cluster.Cluster;
import io.weir.core.overload.ShedPoint;
import io.weir.core.stats.ClusterStats;
import io.weir.core.model.Host;
import io.weir.net.tls.HostTls;
import io.weir.net.tls.Offer;
import io.weir.net.tls.TlsSession;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one worker to one host. By HTTP/1.1 each carries one request, by HTTP/2 many: then the connection
 * with the fewest of those under way that has room serves first. Of those that rest it is the most recently used one,
 * so that the others can grow old. A request that finds none waits in line while a connection is made for it. A worker
 * that has no connection to the host may always open one, else a request could wait for a place that another worker
 * holds (Envoy's rule for {@code max_connections}). Belongs to one worker.
 */
public final class HostPool {
    private static final long SWEEP_NANOS = 1_000_000_000L;

    private final Worker worker;
    private final Cluster cluster;
    private final CircuitBreaker circuit;
    private final Host host;
    private final UpstreamSettings settings;
    private final ClusterStats stats;
    private boolean http2; // of hosts that are asked, since one has said so
    private final boolean raw;
    private final ArrayDeque<HostConnection> idle = new ArrayDeque<>();
    /** Those of HTTP/2 that carry requests and have room for more. */
    private final List<Http2Upstream> shared = new ArrayList<>();
    private final Set<HostConnection> open = new HashSet<>();
    /** Busy ones that close after their response. */
    private final Set<HostConnection> leaving = new HashSet<>(0);
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private final Sweeper sweeper = new Sweeper();
    private final Impatience impatience = new Impatience();
    private int connecting;
    /** Connections of HTTP/2 that wait for the host's SETTINGS, and carry one request until then. */
    private int greeting;
    private boolean retired;

    /**
     * @param http2
     *            whether the host is spoken to by HTTP/2
     * @param raw
     *            whether it hears nothing of HTTP: each connection serves one tunnel
     */
    HostPool(Worker worker, Cluster cluster, CircuitBreaker circuit, Host host, UpstreamSettings settings,
            boolean http2, boolean raw) {
        this.worker = worker;
        this.cluster = cluster;
        this.circuit = circuit;
        this.host = host;
        this.settings = settings;
        this.stats = cluster.stats();
        this.http2 = http2;
        this.raw = raw;
    }

    /** A request in line for a connection. */
    public final class Waiter {
        private final long untilNanos;
        private final boolean extended;
        private @Nullable UpstreamListener listener;

        private Waiter(UpstreamListener listener, boolean extended, long untilNanos) {
            this.listener = listener;
            this.extended = extended;
            this.untilNanos = untilNanos;
        }

        /** Leaves the line; the listener hears nothing. */
        public void cancel() {
            if (listener != null) {
                listener = null;
                waiting.remove(this);
                pendingEnded();
            }
        }

        /** False when the listener has been called, perhaps before {@link HostPool#request} returned. */
        public boolean waits() {
            return listener != null;
        }

        private @Nullable UpstreamListener leave() {
            var one = listener;
            listener = null;
            pendingEnded();
            return one;
        }
    }

    /**
     * Finds a connection for one request. The listener hears {@link UpstreamListener#upstreamReady} or
     * {@link UpstreamListener#upstreamFailed}, perhaps before this returns.
     *
     * @return the place in line, or null when the listener has been called already
     */
    public @Nullable Waiter request(UpstreamListener listener) {
        return request(listener, false);
    }

    /**
     * The same of a request that may be an upgrade, for which a host of HTTP/2 must have said that it takes them (RFC
     * 8441 section 4): it waits for that.
     */
    public @Nullable Waiter request(UpstreamListener listener, boolean extended) {
        var ready = ready();
        if (extended && ready instanceof Http2Upstream one && !one.greeted()) {
            place(one);
            ready = null;
        }
        if (ready != null) {
            ready.begin(listener);
            return null;
        }
        boolean shed = deserted() && worker.overload().sheds(ShedPoint.NEW_UPSTREAM_CONNECTION, worker.random());
        if (shed || !circuit.tryPending()) {
            stats.upstreamRqPendingOverflow().increment();
            listener.upstreamFailed(UpstreamListener.Failure.OVERFLOW, "overflow");
            return null;
        }
        stats.upstreamRqPendingTotal().increment();
        stats.upstreamRqPendingActive().increment();
        var waiter = waiter(listener, extended);
        waiting.addLast(waiter);
        if (wanted()) {
            connectOne();
        }
        return waiter;
    }

    private boolean deserted() {
        return open.isEmpty() && connecting == 0;
    }

    private @Nullable HostConnection ready() {
        Http2Upstream best = null;
        for (int i = 0; i < shared.size(); i++) {
            var one = shared.get(i);
            if (one.room() > 0 && (best == null || one.streams() < best.streams())) {
                best = one;
            }
        }
        if (best != null) {
            return best;
        }
        for (int left = idle.size(); left > 0; left--) {
            switch (idle.removeLast()) {
                case Http1Upstream one -> {
                    if (one.alive()) { // else it has closed, and will say so when its turn comes
                        return one;
                    }
                }
                case Http2Upstream one -> {
                    if (one.room() > 0) {
                        one.resting = false;
                        return one;
                    }
                    if (one.lasting()) {
                        idle.addFirst(one); // its host allows no stream at the moment
                    } else {
                        one.resting = false;
                        one.close();
                    }
                }
            }
        }
        return null;
    }

    /** Whether another connection is wanted for those in line, beside the ones that are being made. */
    private boolean wanted() {
        return !http2 || waiting.size() > (long) (connecting + greeting) * settings.http2().concurrentStreamsMax();
    }

    private Waiter waiter(UpstreamListener listener, boolean extended) {
        long waitNanos = cluster.spec().admission().queueNanos();
        if (waitNanos == Long.MAX_VALUE) {
            return new Waiter(listener, extended, Long.MAX_VALUE);
        }
        long untilNanos = worker.nowNanos() + waitNanos;
        if (!impatience.armed()) {
            worker.timers().arm(impatience, untilNanos);
        }
        return new Waiter(listener, extended, untilNanos);
    }

    private void pendingEnded() {
        circuit.pendingEnded();
        stats.upstreamRqPendingActive().decrement();
    }

    private boolean connectOne() {
        if (!deserted() && worker.overload().sheds(ShedPoint.NEW_UPSTREAM_CONNECTION, worker.random())) {
            return false; // who is in line waits for the others
        }
        if (!circuit.tryConnection(host)) {
            stats.upstreamCxOverflow().increment();
            if (!deserted()) {
                return false;
            }
            circuit.forceConnection(host);
        }
        connecting++;
        stats.upstreamCxTotal().increment();
        stats.upstreamCxActive().increment();
        host.stats().cxTotal().increment();
        host.stats().cxActive().increment();
        long began = worker.nowNanos();
        var offer = raw ? Offer.NOTHING : settings.asked() ? Offer.EITHER : http2 ? Offer.HTTP2 : Offer.HTTP1;
        var connection = offer == Offer.EITHER ? null : connection();
        HostTls.connect(worker, cluster.spec(), host, settings.client(), settings.name(),
                settings.connect(cluster.spec()), offer,
                connection == null ? new ChannelInboundHandlerAdapter() : connection)
                .addListener((ChannelFuture done) -> connected(connection, done, began));
        return true;
    }

    private HostConnection connection() {
        if (!raw) {
            (http2 ? stats.upstreamCxHttp2Total() : stats.upstreamCxHttp1Total()).increment();
        }
        return http2 ? new Http2Upstream(this, settings) : new Http1Upstream(this, settings, raw);
    }

    /** What a host that was asked has chosen. What it says next comes after this. */
    private HostConnection chosen(Channel channel) {
        http2 = TlsSession.agreed(channel, "h2");
        var connection = connection();
        channel.pipeline().addLast(connection);
        return connection;
    }

    private void connected(@Nullable HostConnection told, ChannelFuture done, long began) {
        connecting--;
        if (done.isSuccess()) {
            var connection = told == null ? chosen(done.channel()) : told;
            stats.upstreamCxConnectMs().record((worker.nowNanos() - began) / 1_000_000);
            open.add(connection);
            connection.open(worker.nowNanos());
            switch (connection) {
                case Http1Upstream one -> offer(one);
                case Http2Upstream one -> {
                    greeting++;
                    settle(one);
                }
            }
            return;
        }
        connectionGone();
        stats.upstreamCxConnectFail().increment();
        boolean late = done.cause() instanceof ConnectTimeoutException;
        stats.upstreamCxConnectTimeout().add(late ? 1 : 0);
        if (settings.hostsFault(done.cause())) {
            cluster.unreachable(host, worker.nowNanos());
        }
        var why = late ? UpstreamListener.Failure.CONNECT_TIMEOUT : UpstreamListener.Failure.CONNECT;
        failed(why, late ? "" : ConnectReason.of(done.cause()));
        connectForTheRest();
    }

    /** One connection could not be had: those in line for it hear that, of HTTP/1.1 the first. */
    private void failed(UpstreamListener.Failure why, String reason) {
        long others = (long) (connecting + open.size()) * settings.http2().concurrentStreamsMax();
        long left = http2 ? Math.max(1, waiting.size() - others) : 1;
        for (var waiter = waiting.pollFirst(); waiter != null; waiter = left > 0 ? waiting.pollFirst() : null) {
            left--;
            var listener = waiter.leave();
            if (listener != null) {
                stats.upstreamRqPendingFailureEject().increment();
                listener.upstreamFailed(why, reason);
            }
        }
    }

    /** Every waiting request has a connection on its way, as far as the limits allow. */
    private void connectForTheRest() {
        boolean more = true;
        while (more && waiting.size() > connecting && wanted()) {
            more = connectOne();
        }
    }

    private void connectionGone() {
        circuit.connectionEnded(host);
        stats.upstreamCxActive().decrement();
        host.stats().cxActive().decrement();
    }

    /** A connection of HTTP/2 has changed: who is in line has the room that there is, and it finds its place. */
    void settle(Http2Upstream connection) {
        if (!open.contains(connection)) {
            return;
        }
        for (var first = waiting.peekFirst(); first != null && connection.room() > 0
                && (connection.greeted() || !first.extended); first = waiting.peekFirst()) {
            var listener = waiting.removeFirst().leave();
            if (listener != null) {
                connection.begin(listener);
            }
        }
        place(connection);
        connectForTheRest();
    }

    /** How long a host may take until requests can be sent to it. */
    long connectTimeoutNanos() {
        return cluster.spec().connectTimeoutNanos();
    }

    /** The host has taken a connection and does not speak on it. */
    void unreachable(long nowNanos) {
        cluster.unreachable(host, nowNanos);
    }

    /** A connection of HTTP/2 has the host's first SETTINGS. */
    void greeted() {
        greeting--;
    }

    /** A connection of HTTP/2 is shared, or rests, or is of no more use. */
    void place(Http2Upstream connection) {
        boolean busy = connection.streams() > 0;
        boolean room = busy && connection.room() > 0;
        if (room != connection.shared) {
            connection.shared = room;
            if (room) {
                shared.add(connection);
            } else {
                shared.remove(connection);
            }
        }
        if (connection.resting && (busy || !connection.lasting())) {
            connection.resting = false;
            idle.remove(connection);
        }
        if (!busy && !connection.resting) {
            if (retired || !connection.lasting()) {
                connection.close();
            } else {
                connection.resting = true;
                rest(connection);
            }
        }
    }

    /** A connection that can take a request: the next in line has it, or it rests. */
    void offer(Http1Upstream connection) {
        if (leaving.contains(connection)) {
            connection.close();
            return;
        }
        var waiter = waiting.pollFirst();
        if (waiter != null) {
            var listener = waiter.leave();
            if (listener != null) {
                connection.begin(listener);
                return;
            }
        }
        if (retired || raw) {
            connection.close();
            return;
        }
        rest(connection);
    }

    private void rest(HostConnection connection) {
        connection.restingSince(worker.nowNanos());
        idle.addLast(connection);
        if (!sweeper.armed()) {
            worker.timers().arm(sweeper, worker.nowNanos() + SWEEP_NANOS);
        }
    }

    /**
     * A connection has closed, for whatever reason.
     *
     * @param busy
     *            whether requests were under way
     */
    void closed(HostConnection connection, long openedNanos, boolean busy, boolean byUs) {
        stats.upstreamCxLengthMs().record((worker.nowNanos() - openedNanos) / 1_000_000);
        stats.upstreamCxDestroy().increment();
        (byUs ? stats.upstreamCxDestroyLocal() : stats.upstreamCxDestroyRemote()).increment();
        if (busy) {
            stats.upstreamCxDestroyWithActiveRq().increment();
            (byUs
                    ? stats.upstreamCxDestroyLocalWithActiveRq()
                    : stats.upstreamCxDestroyRemoteWithActiveRq()).increment();
        }
        if (open.remove(connection)) {
            idle.remove(connection);
            leaving.remove(connection);
            if (connection instanceof Http2Upstream one) {
                shared.remove(one);
                greeting -= one.greeted() ? 0 : 1;
            }
            connectionGone();
            connectForTheRest();
        }
    }

    /** The host has left the cluster: idle connections close, busy ones after their response. */
    void retire() {
        retired = true;
        closeIdle();
    }

    /** The host has failed: idle connections close, busy ones after their response; new ones may be made. */
    void empty() {
        closeIdle();
        leaving.addAll(open);
        for (var connection : open.toArray(new HostConnection[0])) {
            if (connection instanceof Http2Upstream one) {
                place(one);
            }
        }
    }

    /** Whether a connection takes no more requests. */
    boolean leaves(HostConnection connection) {
        return leaving.contains(connection);
    }

    private void closeIdle() {
        for (var connection = idle.pollFirst(); connection != null; connection = idle.pollFirst()) {
            connection.close();
        }
    }

    Worker worker() {
        return worker;
    }

    Host host() {
        return host;
    }

    ClusterStats stats() {
        return stats;
    }

    /** Turns away who has waited too long; whoever came first is first to go. */
    private final class Impatience extends TimerWheel.Timer {
        @Override
        protected void expired(long nowNanos) {
            for (var oldest = waiting.peekFirst(); oldest != null; oldest = waiting.peekFirst()) {
                if (oldest.untilNanos == Long.MAX_VALUE) {
                    return; // from before the limit was set; those behind it are no later than it
                }
                if (oldest.untilNanos - nowNanos > 0) {
                    worker.timers().arm(this, oldest.untilNanos);
                    return;
                }
                waiting.pollFirst();
                stats.upstreamRqPendingTimeout().increment();
                var listener = oldest.leave();
                if (listener != null) {
                    listener.upstreamFailed(UpstreamListener.Failure.QUEUE_TIMEOUT, "queue timeout");
                }
            }
        }
    }

    /** Closes connections that have rested longer than the idle timeout. */
    private final class Sweeper extends TimerWheel.Timer {
        @Override
        protected void expired(long nowNanos) {
            for (var oldest = idle.peekFirst(); oldest != null
                    && nowNanos - oldest.restingSince() >= settings.idleTimeoutNanos(); oldest = idle.peekFirst()) {
                idle.pollFirst();
                stats.upstreamCxIdleTimeout().increment();
                oldest.close();
            }
            if (!idle.isEmpty()) {
                worker.timers().arm(this, nowNanos + SWEEP_NANOS);
            }
        }
    }
}
