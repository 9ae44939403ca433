package io.weir.http.proxy;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.Tunnels;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Whether the exchange at hand has become a tunnel, whose two directions end each by itself. Serves one exchange after
 * another; belongs to one worker.
 */
final class Halves {
    private final HttpStats stats;
    private boolean tunnel;
    private boolean hostEnded;
    /** What came from the host while the answer's head waits at a filter: no more than one read's worth. */
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(0);
    private boolean lastHeld;

    Halves(HttpStats stats) {
        this.stats = stats;
    }

    /** The next exchange is none, until it becomes one. */
    void clear() {
        tunnel = false;
        hostEnded = false;
        lastHeld = false;
    }

    /** Whether it has become one, or does so when the answer's head goes out. */
    boolean tunnel() {
        return tunnel;
    }

    /** These bytes follow the answer's head, which has not gone out. */
    void hold(ByteBuf data, boolean last) {
        held.add(data);
        lastHeld = last;
    }

    /** How many bytes that is. */
    long heldBytes() {
        long bytes = 0;
        for (var data : held) {
            bytes += data.readableBytes();
        }
        return bytes;
    }

    /** The answer's head has gone out: what was held follows it. */
    void letGo(Exchange exchange) {
        if (held.isEmpty()) {
            return;
        }
        for (var data = held.poll(); data != null; data = held.poll()) {
            exchange.responseDataPassed(data, lastHeld && held.isEmpty());
        }
        if (exchange.active()) {
            exchange.attempts().readable(true);
        }
    }

    /** Whether the client's request becomes a tunnel by this answer. */
    boolean open(@Nullable HttpHead request, HttpHead response) {
        if (request != null && request.tunnel() && Tunnels.opens(request, response)) {
            tunnel = true;
            stats.cxUpgradesTotal.increment();
            stats.cxUpgradesActive.increment();
        }
        return tunnel;
    }

    /**
     * Whether a client of HTTP/2 would take this answer for a tunnel: a host of HTTP/1.1 that does not switch may say
     * 200, which has another meaning there (RFC 8441 section 4).
     */
    static boolean misleads(@Nullable HttpHead request, HttpHead response, String clientProtocol) {
        return request != null && request.upgrade() && response.status() / 100 == 2
                && clientProtocol.equals("HTTP/2");
    }

    /** Whether the client would take such an answer, behind which there is nothing, for its tunnel. */
    static boolean pretends(@Nullable HttpHead request, HttpHead response, String clientProtocol) {
        return request != null && request.tunnel() && response.status() / 100 == 2
                && (request.methodIs("CONNECT") || clientProtocol.equals("HTTP/2"));
    }

    /** The host has ended its half; says whether the client's goes on. */
    boolean hostEnds(boolean clientEnded) {
        hostEnded = true;
        return tunnel && !clientEnded;
    }

    /** The client has ended its half; says whether that was the last. */
    boolean clientEnds() {
        return tunnel && hostEnded;
    }

    /** The exchange is over, or is answered by Weir and no tunnel after all. */
    void over() {
        if (tunnel) {
            tunnel = false;
            stats.cxUpgradesActive.decrement();
        }
        for (var data = held.poll(); data != null; data = held.poll()) {
            data.release();
        }
    }
}
