package io.weir.http.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.balance.Picker;
import io.weir.core.balance.Reason;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import io.weir.core.model.RoutingPriority;
import io.weir.http.codec.HttpHead;
import io.weir.http.proxy.visit.Admitted;
import io.weir.http.proxy.visit.Visit;
import io.weir.http.upstream.HostPool;
import io.weir.http.upstream.Pools;
import io.weir.http.upstream.UpstreamListener;
import io.weir.http.upstream.UpstreamStream;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The copy of one request on its way to a cluster whose answer is thrown away. It takes what the request brings as it
 * comes and never asks it to wait: a copy whose host is too slow for it is given up. Belongs to one worker.
 */
final class Shadow extends TimerWheel.Timer implements UpstreamListener, PickContext {
    /** Body bytes that wait for the host; a copy that falls further behind is given up. */
    static final int BYTES_MAX = 256 * 1024;
    private static final int SLICE_BYTES_MIN = 2048;
    private static final Pick UNREACHABLE = new Pick.Refused(Reason.NO_HEALTHY_HOST);

    private final Worker worker;
    private final Cluster cluster;
    private final HttpHead request;
    private final String protocol;
    private final Visit visit = new Visit();
    private final Admitted admitted = new Admitted();
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(4);
    private int waitingBytes;
    private boolean bodyless;
    private boolean complete;
    private boolean over;
    private int status;
    private HostPool.@Nullable Waiter waiter;
    private @Nullable UpstreamStream stream;

    /**
     * @param request
     *            the copy's own head, from {@link Heads}, to which it goes back
     * @param protocol
     *            what the request's client speaks
     */
    Shadow(Worker worker, Cluster cluster, HttpHead request, String protocol) {
        this.worker = worker;
        this.cluster = cluster;
        this.protocol = protocol;
        this.request = request;
    }

    /** Its request begins; what comes of a body before {@link #go} waits. */
    void begin(boolean hasNoBody) {
        bodyless = hasNoBody;
        complete = hasNoBody;
    }

    /** Sends it, unless it has been given up already; {@code timeoutNanos} bounds the whole of it. */
    void go(Picker picker, RoutingPriority priority, long timeoutNanos) {
        if (over) {
            return;
        }
        if (!admitted.enter(cluster, priority)) {
            end();
            return;
        }
        boolean gone = false;
        try {
            goTo(picker, priority, timeoutNanos);
            gone = true;
        } finally {
            if (!gone) {
                end(); // or nobody would, and its place would stay taken
            }
        }
    }

    private void goTo(Picker picker, RoutingPriority priority, long timeoutNanos) {
        Pick pick = picker.pick(this);
        if (pick instanceof Pick.Chosen(Host host) && host.ejected()) {
            pick = UNREACHABLE; // a request would try it where there is no other: a copy is not worth that work
        }
        switch (pick) {
            case Pick.Refused _ -> {
                cluster.stats().upstreamCxNoneHealthy().increment();
                end();
            }
            case Pick.Chosen chosen -> {
                visit.begin(cluster, chosen.host(), worker.nowNanos());
                worker.timers().arm(this, worker.nowNanos() + timeoutNanos);
                var place = Pools.of(worker).of(cluster, chosen.host(), priority, protocol, request)
                        .request(this);
                if (place != null && place.waits()) {
                    waiter = place;
                }
            }
        }
    }

    /** Body bytes of the request; the caller's reference stays the caller's. */
    void data(ByteBuf data, boolean last) {
        if (over) {
            return;
        }
        complete = last;
        waitingBytes += charged(data);
        if (waitingBytes > BYTES_MAX) {
            giveUp();
            return;
        }
        waiting.addLast(data.retainedDuplicate());
        send();
    }

    /** A slice keeps the whole buffer that it was read into, however few bytes it shows. */
    private static int charged(ByteBuf data) {
        return data.isReadable() ? Math.max(data.readableBytes(), SLICE_BYTES_MIN) : 0;
    }

    /** The request has ended with trailers, which a copy does without. */
    void bodyEnded() {
        if (!over && !complete) {
            complete = true;
            waiting.addLast(Unpooled.EMPTY_BUFFER);
            send();
        }
    }

    /** The request is over; a copy of which a part is missing ends with it, any other goes on by itself. */
    void requestOver() {
        if (!over && !complete) {
            giveUp();
        }
    }

    private void send() {
        var open = stream;
        if (open == null) {
            return;
        }
        boolean any = false;
        while (!waiting.isEmpty() && open.writable()) {
            var data = waiting.removeFirst();
            waitingBytes -= charged(data);
            open.data(data, complete && waiting.isEmpty());
            any = true;
        }
        if (any) {
            open.flush();
        }
    }

    private void giveUp() {
        var place = waiter;
        if (place != null) {
            place.cancel();
        }
        var open = stream;
        if (open != null) {
            open.cancel();
        }
        cluster.stats().upstreamRqCancelled().increment();
        end();
    }

    private void end() {
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
        for (var data = waiting.pollFirst(); data != null; data = waiting.pollFirst()) {
            data.release();
        }
        Heads.of(worker).giveBack(request);
    }

    @Override
    protected void expired(long nowNanos) {
        cluster.stats().upstreamRqTimeout().increment();
        if (stream != null) {
            visit.tookTooLong(nowNanos);
        }
        giveUp();
    }

    // ---- upstream's side ----

    @Override
    public void upstreamReady(UpstreamStream open) {
        waiter = null;
        stream = open;
        visit.connected(open.connection(), open.protocol());
        open.head(request, bodyless);
        open.flush();
        send();
    }

    @Override
    public void upstreamFailed(Failure why, String details) {
        waiter = null;
        end();
    }

    @Override
    public void upstreamInterim(HttpHead head) {
        // nobody to tell
    }

    @Override
    public void upstreamHead(HttpHead head, boolean last) {
        status = head.status();
        visit.head(head, worker.nowNanos());
        if (last) {
            answered();
        }
    }

    @Override
    public void upstreamData(ByteBuf data, boolean last) {
        data.release();
        if (last) {
            answered();
        }
    }

    @Override
    public void upstreamTrailers(HttpHead trailers) {
        answered();
    }

    private void answered() {
        long now = worker.nowNanos();
        cluster.stats().answered(status);
        cluster.stats().upstreamRqTime().record((now - visit.beganNanos()) / 1_000_000);
        visit.answered(status, now);
        end();
    }

    @Override
    public void upstreamReset(Reset why, boolean started, String details) {
        stream = null;
        visit.brokeOff(worker.nowNanos());
        end();
    }

    @Override
    public void upstreamReadEnd() {
        // nothing to flush
    }

    @Override
    public void upstreamWritable() {
        send();
    }

    // ---- what a picker asks ----

    @Override
    public long hash() {
        return 0;
    }

    @Override
    public RandomGenerator random() {
        return worker.random();
    }

    @Override
    public long nowNanos() {
        return worker.nowNanos();
    }
}
