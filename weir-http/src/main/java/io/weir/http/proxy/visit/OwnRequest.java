package io.weir.http.proxy.visit;

import io.netty.buffer.ByteBuf;
import io.weir.core.balance.PickContext;
import io.weir.core.balance.Reason;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import io.weir.core.model.RoutingPriority;
import io.weir.http.codec.HttpHead;
import io.weir.http.upstream.HostPool;
import io.weir.http.upstream.Pools;
import io.weir.http.upstream.UpstreamListener;
import io.weir.http.upstream.UpstreamStream;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A request that is Weir's own, as its response is forwarded to nobody: it goes to one host once, counted and limited
 * as any request of its cluster. Belongs to one worker.
 */
public abstract class OwnRequest extends TimerWheel.Timer implements UpstreamListener, PickContext {
    protected final Worker worker;
    protected final Cluster cluster;
    private final HttpHead head;
    private final Visit visit = new Visit();
    private final Admitted admitted = new Admitted();
    private HostPool.@Nullable Waiter waiter;
    private @Nullable UpstreamStream stream;
    private int status;
    private boolean over;

    /**
     * @param head
     *            what is sent first; it must stay as it is until {@link #ended}
     */
    protected OwnRequest(Worker worker, Cluster cluster, HttpHead head) {
        this.worker = worker;
        this.cluster = cluster;
        this.head = head;
    }

    /** Whether nothing follows the head. */
    protected abstract boolean bodyless();

    /** Sends what there is of the body, as far as the host takes it; asked anew whenever it takes more. */
    protected abstract void send(UpstreamStream to);

    /** The response has come to its end; {@link #end} is to be called. */
    protected abstract void answered();

    /** Nothing comes of it; {@link #end} is to be called. */
    protected abstract void failed(String why);

    /** It is over, whatever it came to: what it kept is to be given back. Called once. */
    protected abstract void ended();

    /** Takes one of the places that the cluster has for requests; false: there is none. */
    protected final boolean enter(RoutingPriority priority) {
        return admitted.enter(cluster, priority);
    }

    /** Counts that there is no host to go to. */
    protected final void refused(Reason why) {
        switch (why) {
            case NO_HOST, NO_HEALTHY_HOST -> cluster.stats().upstreamCxNoneHealthy().increment();
            case DROPPED -> { // counted where it was decided
            }
        }
    }

    /**
     * Goes to this host.
     *
     * @param protocol
     *            what would be spoken with a host that speaks what clients do
     * @param timeoutNanos
     *            bounds the whole of it
     */
    protected final void goTo(Host host, RoutingPriority priority, String protocol, long timeoutNanos) {
        visit.begin(cluster, host, worker.nowNanos());
        worker.timers().arm(this, worker.nowNanos() + timeoutNanos);
        var place = Pools.of(worker).of(cluster, host, priority, protocol, head).request(this);
        if (place != null && place.waits()) {
            waiter = place;
        }
    }

    /** Nobody wants the response any more. */
    public final void giveUp() {
        if (!over) {
            cluster.stats().upstreamRqCancelled().increment();
            drop();
            end();
        }
    }

    protected final boolean over() {
        return over;
    }

    /** Of the response; 0 while there is none. */
    protected final int status() {
        return status;
    }

    /** Where the body goes; null: nowhere at the moment. */
    protected final @Nullable UpstreamStream stream() {
        return stream;
    }

    /** Leaves its place in line, or its stream. */
    protected final void drop() {
        var place = waiter;
        if (place != null) {
            place.cancel();
        }
        var open = stream;
        if (open != null) {
            open.cancel();
        }
    }

    /** It counts nowhere any more. */
    protected final void end() {
        if (over) {
            return;
        }
        over = true;
        stream = null;
        waiter = null;
        worker.timers().cancel(this);
        visit.end();
        visit.forget();
        admitted.leave();
        ended();
    }

    /** Tells the cluster and the host's keepers of the response. */
    protected final void told() {
        long nowNanos = worker.nowNanos();
        cluster.stats().answered(status);
        cluster.stats().upstreamRqTime().record((nowNanos - visit.beganNanos()) / 1_000_000);
        visit.answered(status, nowNanos);
    }

    private void complete() {
        told();
        stream = null;
        answered();
    }

    @Override
    protected void expired(long nowNanos) {
        cluster.stats().upstreamRqTimeout().increment();
        if (stream != null) {
            visit.tookTooLong(nowNanos);
        }
        drop();
        failed("no answer in time");
    }

    // ---- upstream's side ----

    @Override
    public final void upstreamReady(UpstreamStream open) {
        waiter = null;
        if (over) {
            open.cancel();
            return;
        }
        stream = open;
        visit.connected(open.connection(), open.protocol());
        open.head(head, bodyless());
        open.flush();
        send(open);
    }

    @Override
    public final void upstreamFailed(Failure why, String details) {
        waiter = null;
        failed(details.isEmpty() ? why.toString() : details);
    }

    @Override
    public final void upstreamInterim(HttpHead interim) {
        // the response follows
    }

    @Override
    public void upstreamHead(HttpHead response, boolean last) {
        status = response.status();
        visit.head(response, worker.nowNanos());
        if (last) {
            complete();
        }
    }

    @Override
    public void upstreamData(ByteBuf data, boolean last) {
        data.release();
        if (last) {
            complete();
        }
    }

    @Override
    public void upstreamTrailers(HttpHead trailers) {
        visit.trailers(trailers, worker.nowNanos());
        complete();
    }

    @Override
    public final void upstreamReset(Reset why, boolean started, String details) {
        stream = null;
        visit.brokeOff(worker.nowNanos());
        failed("broken off: " + details);
    }

    @Override
    public final void upstreamReadEnd() {
        // nothing to flush
    }

    @Override
    public final void upstreamWritable() {
        var open = stream;
        if (open != null) {
            send(open);
        }
    }

    // ---- what a picker asks ----

    @Override
    public final long hash() {
        return 0;
    }

    @Override
    public final RandomGenerator random() {
        return worker.random();
    }

    @Override
    public final long nowNanos() {
        return worker.nowNanos();
    }
}
