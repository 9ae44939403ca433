package io.weir.http.proxy;

import io.netty.buffer.ByteBuf;
import io.weir.core.balance.Pick;
import io.weir.core.balance.Reason;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.core.model.Host;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.route.Forward;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.Target;
import io.weir.http.upstream.HostPool;
import io.weir.http.upstream.Pools;
import io.weir.http.upstream.UpstreamListener;
import io.weir.http.upstream.UpstreamStream;
import io.weir.net.transport.Worker;
import org.jspecify.annotations.Nullable;

/**
 * The tries of one request: a host is picked, a connection had, the request sent, and where that fails and may be
 * repeated, another host is tried after a pause. What has been sent of a body is kept for that, up to a bound; a body
 * beyond it ends the right to retry. Serves one exchange after another; belongs to one worker.
 */
final class Attempts implements UpstreamListener {
    /** Request bytes kept for another try; beyond it the request goes on, but is not repeated. */
    static final int REPLAY_BYTES_MAX = 64 * 1024;

    private final Exchange exchange;
    private final Downstream downstream;
    private final Worker worker;
    private final Replay replay = new Replay(REPLAY_BYTES_MAX);
    private final TriedHosts tried;
    private final Retries retries = new Retries();
    private final Visit visit = new Visit();
    private final EndpointHost endpointHost = new EndpointHost();
    private final Shadows shadows;

    private @Nullable Cluster cluster;
    private @Nullable Forward forward;
    private @Nullable Target target;
    private HostPool.@Nullable Waiter waiter;
    private @Nullable UpstreamStream stream;
    private final Admitted admitted = new Admitted();
    private boolean answered;
    private boolean inClientRead;
    private boolean held;
    private int count;

    Attempts(Exchange exchange, Downstream downstream, Affinity affinity, Clusters clusters) {
        this.exchange = exchange;
        this.downstream = downstream;
        this.worker = downstream.worker();
        this.tried = new TriedHosts(worker, affinity);
        this.shadows = new Shadows(exchange, worker, clusters);
    }

    // ---- the exchange's side ----

    /** Sends the request; called within a read from the client, whose end flushes. */
    void begin(HttpHead request, Cluster to, Forward how, Target chosen, long now) {
        cluster = to;
        forward = how;
        target = chosen;
        held = false;
        tried.begin(to, how, chosen);
        if (chosen.bufferBytesMax() == Target.STREAMED || exchange.requestComplete()) {
            replay.begin(how.retry().allows(request));
            start(request, to, how, now);
            return;
        }
        // The body is wanted whole before a host hears of the request: Envoy's buffer filter.
        replay.gather(how.retry().allows(request), chosen.bufferBytesMax());
        if (request.contentLength() > chosen.bufferBytesMax()) {
            exchange.requestTooLarge();
        } else {
            downstream.readable(true);
        }
    }

    private void start(HttpHead request, Cluster to, Forward how, long now) {
        if (!admitted.enter(to, how.priority())) {
            fail(Mishap.OVERFLOW);
            return;
        }
        inClientRead = true;
        shadows.begin(request, how, Heads.bodyless(request));
        replay.showTo(shadows);
        attempt(request, to, how, now);
    }

    private void attempt(HttpHead request, Cluster to, Forward how, long now) {
        Pick pick = tried.pick(to);
        switch (pick) {
            case Pick.Chosen chosen -> {
                count++;
                tried.add(chosen.host());
                visit.begin(to, chosen.host(), now);
                endpointHost.apply(request, how, target, chosen.host().endpoint().hostname());
                if (how.attemptCountUpstream()) {
                    HeaderPolicy.attemptCount(request, count);
                }
                if (exchange.requestComplete()) {
                    tryBegins(how.retry(), now);
                }
                var place = Pools.of(worker).of(to, chosen.host(), how.priority(), downstream.protocol())
                        .request(this);
                if (place != null && place.waits()) {
                    waiter = place; // else the call has been answered already, and all may have moved on since
                }
            }
            case Pick.Refused refused -> {
                if (refused.reason() != Reason.DROPPED) {
                    to.stats().upstreamCxNoneHealthy().increment();
                }
                fail(Mishap.refused(refused.reason()));
            }
        }
    }

    private void tryBegins(RetrySpec policy, long now) {
        exchange.timeouts().tryBegins(policy.perTryTimeoutNanos(), policy.perTryIdleTimeoutNanos(), now);
    }

    /** The request's last byte has come: a try's own time runs from here, as the client's is not the host's. */
    void requestComplete(long now) {
        var how = forward;
        if (how != null && visit.open() && !answered) {
            tryBegins(how.retry(), now);
        }
    }

    /** Nothing is known of the exchange that begins. */
    void clear() {
        retries.begin();
        endpointHost.clear();
        count = 0;
        answered = false;
        visit.clear();
    }

    /** The host has no more to do with this request. */
    void leave() {
        visit.end();
        waiter = null;
        stream = null;
    }

    /** Body bytes from the client, which now belong to the attempts. */
    void data(ByteBuf data, boolean last) {
        if (replay.gathering()) {
            if (!replay.add(data)) {
                exchange.requestTooLarge();
            } else if (last) {
                gathered(null);
            }
            return;
        }
        inClientRead = true;
        shadows.data(data, last);
        replay.keep(data, last);
        var open = stream;
        if (open == null) {
            data.release(); // kept for replay, and nobody to send it to: only between two tries
            return;
        }
        open.data(data, last);
        if (!last && !open.writable()) {
            held = true;
            downstream.readable(false);
        }
    }

    private void gathered(@Nullable HttpHead trailers) {
        var request = exchange.request();
        var to = cluster;
        var how = forward;
        if (request != null && to != null && how != null) {
            if (trailers == null) {
                request.framing(Framing.LENGTH, replay.gatheredBytes());
            }
            replay.gathered(trailers);
            start(request, to, how, worker.nowNanos());
        }
    }

    void trailers(HttpHead trailers) {
        if (replay.gathering()) {
            gathered(trailers);
            return;
        }
        inClientRead = true;
        shadows.bodyEnded();
        replay.exhaust();
        var open = stream;
        if (open != null) {
            open.trailers(trailers);
        }
    }

    /** The client's read is over. */
    void flush() {
        if (inClientRead) {
            inClientRead = false;
            var open = stream;
            if (open != null) {
                open.flush();
            }
        }
    }

    void readable(boolean wanted) {
        var open = stream;
        if (open != null) {
            open.readable(wanted);
        }
    }

    /** Nothing comes of it, and that is the cluster's: an answer in its stead counts as one of its answers. */
    private void fail(Mishap why) {
        charge(why.status());
        exchange.failed(why.status(), why.body(), why.details(), why.flag().bit());
    }

    private void charge(int status) {
        var to = cluster;
        if (to != null && !answered) {
            to.stats().answered(status);
        }
    }

    private void giveUpTry() {
        var waiting = waiter;
        if (waiting != null) {
            waiting.cancel();
        }
        var open = stream;
        if (open != null) {
            open.cancel();
        }
    }

    /** Nothing more is wanted from upstream, through no fault of the host. */
    void abandon() {
        giveUpTry();
        exchange.timeouts().tryEnds();
        replay.exhaust();
    }

    void cancelled() {
        var to = cluster;
        if (to != null && admitted.counts()) {
            to.stats().upstreamRqCancelled().increment();
        }
        abandon();
    }

    /** The route's time is over while a host had the request. */
    void timedOut(int status) {
        charge(status);
        visit.timeIsOver(stream != null, worker.nowNanos());
        abandon();
    }

    /** The exchange is over: what was taken is given back, and the cluster hears how it went. */
    void finished(int status, long now) {
        shadows.requestOver();
        var to = cluster;
        if (to == null) {
            return;
        }
        if (answered) {
            to.stats().answered(status);
            to.stats().upstreamRqTime().record((now - visit.beganNanos()) / 1_000_000);
            visit.answered(status, now);
        }
        leave();
        retries.over();
        admitted.leave();
        replay.exhaust();
        visit.forget();
        cluster = null;
        forward = null;
        target = null;
    }

    // ---- upstream's side ----

    @Override
    public void upstreamReady(UpstreamStream open) {
        waiter = null;
        stream = open;
        visit.connected(open.localAddress());
        var request = exchange.request();
        if (request == null) {
            open.cancel();
            return;
        }
        boolean bodyless = Heads.bodyless(request);
        open.head(request, bodyless);
        if (bodyless) {
            replay.complete();
        } else {
            replay.sendTo(open);
        }
        if (!inClientRead) {
            open.flush();
        }
        if (!exchange.requestComplete()) {
            held = false;
            downstream.readable(true);
        }
    }

    @Override
    public void upstreamFailed(Failure why, String reason) {
        waiter = null;
        visit.unreachable(reason);
        exchange.timeouts().tryEnds();
        var to = cluster;
        var how = forward;
        if (to == null || how == null) {
            return;
        }
        boolean tried = why == Failure.CONNECT || why == Failure.CONNECT_TIMEOUT;
        if (!(tried && how.retry().onConnectFailure() && retry(to, how))) {
            fail(Mishap.unconnected(why, reason));
        }
    }

    @Override
    public void upstreamInterim(HttpHead head) {
        exchange.responseInterim(head);
    }

    @Override
    public void upstreamHead(HttpHead head, boolean last) {
        exchange.timeouts().tryEnds();
        var to = cluster;
        var how = forward;
        if (to == null || how == null) {
            return;
        }
        visit.head(head, worker.nowNanos());
        if (how.retry().onResponse(head) && replay.repeatable() && retries.admit(to, how, count, false, worker)) {
            to.stats().answered(head.status());
            visit.answered(head.status(), worker.nowNanos());
            var open = stream;
            if (!last && open != null) {
                open.cancel();
            }
            retryLater(how.retry());
            return;
        }
        answered = true;
        retries.answered(to, head.status());
        replay.exhaust();
        tried.answered(head);
        exchange.responseHead(head, last);
    }

    @Override
    public void upstreamData(ByteBuf data, boolean last) {
        exchange.responseData(data, last);
    }

    @Override
    public void upstreamTrailers(HttpHead trailers) {
        visit.trailers(trailers, worker.nowNanos());
        exchange.responseTrailers(trailers);
    }

    @Override
    public void upstreamReset(Reset why, boolean started, String reason) {
        stream = null;
        exchange.timeouts().tryEnds();
        var to = cluster;
        var how = forward;
        var request = exchange.request();
        if (to == null || how == null || request == null) {
            return;
        }
        if (why != Reset.REFUSED) { // a host that goes away in good order has not failed
            visit.brokeOff(worker.nowNanos());
        }
        if (answered || started || !Retries.after(why, how.retry(), request) || !retry(to, how)) {
            fail(Mishap.reset(why, answered, reason));
        }
    }

    @Override
    public void upstreamReadEnd() {
        exchange.responseReadEnd();
    }

    @Override
    public void upstreamWritable() {
        if (held) {
            held = false;
            downstream.readable(true);
        }
    }

    // ---- trying again ----

    /** One attempt has taken longer than it may. */
    void tryTimedOut() {
        var to = cluster;
        var how = forward;
        var request = exchange.request();
        if (to == null || how == null || request == null || answered) {
            return;
        }
        to.stats().upstreamRqPerTryTimeout().increment();
        boolean begun = stream != null;
        if (begun) {
            visit.tookTooLong(worker.nowNanos());
        }
        boolean again = replay.repeatable() && how.retry().onReset(request, begun)
                && retries.admit(to, how, count, false, worker);
        giveUpTry();
        if (again) {
            retryLater(how.retry());
        } else {
            fail(Mishap.TRY_TIMEOUT);
        }
    }

    /** For a host that gave no answer. */
    private boolean retry(Cluster to, Forward how) {
        boolean again = replay.repeatable() && retries.admit(to, how, count, true, worker);
        if (again) {
            retryLater(how.retry());
        }
        return again;
    }

    private void retryLater(RetrySpec policy) {
        leave();
        downstream.readable(false);
        var to = cluster;
        if (to != null) {
            to.stats().upstreamRqRetryBackoffExponential().increment();
        }
        exchange.timeouts().backOff(policy.backOffNanos(count, worker.random().nextLong()), worker.nowNanos());
    }

    /** The pause is over. Of a cluster that stood for others, another of these may do better. */
    void again() {
        var from = cluster;
        var how = forward;
        var request = exchange.request();
        inClientRead = false;
        if (from == null || how == null || request == null) {
            return;
        }
        var to = tried.elsewhere(from);
        if (to != from) {
            cluster = to;
            if (!admitted.enter(to, how.priority())) {
                fail(Mishap.OVERFLOW);
                return;
            }
        }
        attempt(request, to, how, worker.nowNanos());
    }

    // ---- what logs ask ----

    int count() {
        return count;
    }

    /** Whether the client's answer is a host's. */
    boolean answered() {
        return answered;
    }

    long flags() {
        return retries.flags();
    }

    @Nullable
    Forward forward() {
        return forward;
    }

    @Nullable
    Cluster cluster() {
        return cluster;
    }

    /** Where the request is or was last. */
    Visit visit() {
        return visit;
    }
}
