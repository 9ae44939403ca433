package io.weir.http.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.core.balance.Pick;
import io.weir.core.balance.Picker;
import io.weir.core.balance.Reason;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import io.weir.core.model.RoutingPriority;
import io.weir.http.codec.HttpHead;
import io.weir.http.proxy.visit.OwnRequest;
import io.weir.http.upstream.UpstreamStream;
import io.weir.net.transport.Worker;
import java.util.ArrayDeque;

/**
 * The copy of one request on its way to a cluster whose answer is thrown away. It takes what the request brings as it
 * comes and never asks it to wait: a copy whose host is too slow for it is given up. Belongs to one worker.
 */
final class Shadow extends OwnRequest {
    /** Body bytes that wait for the host; a copy that falls further behind is given up. */
    static final int BYTES_MAX = 256 * 1024;
    private static final int SLICE_BYTES_MIN = 2048;
    private static final Pick UNREACHABLE = new Pick.Refused(Reason.NO_HEALTHY_HOST);

    private final HttpHead request;
    private final String protocol;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(4);
    private int waitingBytes;
    private boolean bodyless;
    private boolean complete;

    /**
     * @param request
     *            the copy's own head, from {@link Heads}, to which it goes back
     * @param protocol
     *            what the request's client speaks
     */
    Shadow(Worker worker, Cluster cluster, HttpHead request, String protocol) {
        super(worker, cluster, request);
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
        if (over()) {
            return;
        }
        if (!enter(priority)) {
            end();
            return;
        }
        boolean gone = false;
        try {
            pick(picker, priority, timeoutNanos);
            gone = true;
        } finally {
            if (!gone) {
                end(); // or nobody would, and its place would stay taken
            }
        }
    }

    private void pick(Picker picker, RoutingPriority priority, long timeoutNanos) {
        Pick pick = picker.pick(this);
        if (pick instanceof Pick.Chosen(Host host) && host.ejected()) {
            pick = UNREACHABLE; // a request would try it where there is no other: a copy is not worth that work
        }
        switch (pick) {
            case Pick.Refused(Reason why) -> {
                refused(why);
                end();
            }
            case Pick.Chosen(Host host) -> goTo(host, priority, protocol, timeoutNanos);
        }
    }

    /** Body bytes of the request; the caller's reference stays the caller's. */
    void data(ByteBuf data, boolean last) {
        if (over()) {
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
        if (!over() && !complete) {
            complete = true;
            waiting.addLast(Unpooled.EMPTY_BUFFER);
            send();
        }
    }

    /** The request is over; a copy of which a part is missing ends with it, any other goes on by itself. */
    void requestOver() {
        if (!over() && !complete) {
            giveUp();
        }
    }

    private void send() {
        var open = stream();
        if (open != null) {
            send(open);
        }
    }

    @Override
    protected void send(UpstreamStream to) {
        boolean any = false;
        while (!waiting.isEmpty() && to.writable()) {
            var data = waiting.removeFirst();
            waitingBytes -= charged(data);
            to.data(data, complete && waiting.isEmpty());
            any = true;
        }
        if (any) {
            to.flush();
        }
    }

    @Override
    protected boolean bodyless() {
        return bodyless;
    }

    @Override
    protected void expired(long nowNanos) {
        cluster.stats().upstreamRqCancelled().increment(); // its request hears of no timeout: it is given up beside
        super.expired(nowNanos);
    }

    @Override
    protected void answered() {
        end();
    }

    @Override
    protected void failed(String why) {
        end();
    }

    @Override
    protected void ended() {
        for (var data = waiting.pollFirst(); data != null; data = waiting.pollFirst()) {
            data.release();
        }
        Heads.of(worker).giveBack(request);
    }
}
