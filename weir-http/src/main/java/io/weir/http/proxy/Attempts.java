package io.weir.http.proxy;

import io.netty.buffer.ByteBuf;
import io.weir.core.admit.CircuitBreaker;
import io.weir.core.balance.Pick;
import io.weir.core.balance.Reason;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.control.HedgeRule;
import io.weir.http.control.TryRules;
import io.weir.http.proxy.visit.Admitted;
import io.weir.http.proxy.visit.Mishap;
import io.weir.http.proxy.visit.Visit;
import io.weir.http.route.EndpointHost;
import io.weir.http.route.Forward;
import io.weir.http.route.Route;
import io.weir.http.route.Target;
import io.weir.http.upstream.UpstreamStream;
import io.weir.http.tunnel.UpgradeRules;
import io.weir.net.transport.Worker;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one request: a host is picked, a connection had, the request sent, and where that fails and may be
 * repeated, another host is tried after a pause; or beside the first, where that one is late. The first answer that is
 * none of a failure is the client's. What has been sent of a body is kept for that, up to a bound; a body beyond it
 * ends the right to repeat. Serves one exchange after another; belongs to one worker.
 */
final class Attempts {
    final Exchange exchange;
    final Replay replay = new Replay();
    final TriedHosts tried;
    final Retries retries = new Retries();
    final Hedges hedges;
    final Redirects redirects;
    final Tries tries = new Tries(this);
    final Verdicts verdicts;
    private final Downstream downstream;
    private final Worker worker;
    private final EndpointHost endpointHost = new EndpointHost();
    private final Shadows shadows;
    private final Admitted admitted = new Admitted();
    private @Nullable Cluster cluster;
    private @Nullable Forward forward;
    private @Nullable Target target;
    private TryRules rules = TryRules.DEFAULT;
    private boolean retriable;
    private boolean inClientRead;
    private boolean held;
    private int count;
    /** Another number for each exchange. */
    private int turn;

    Attempts(Exchange exchange, Downstream downstream, Affinity affinity, Clusters clusters, HttpStats stats) {
        this.exchange = exchange;
        this.downstream = downstream;
        this.worker = downstream.worker();
        this.tried = new TriedHosts(worker, affinity);
        this.hedges = new Hedges(stats);
        this.redirects = new Redirects(exchange, stats, worker);
        this.shadows = new Shadows(exchange, worker, clusters);
        this.verdicts = new Verdicts(this, downstream);
    }

    // ---- the exchange's side ----

    /** Nothing is known of the exchange that begins. */
    void clear() {
        turn++;
        retries.begin(exchange.actions().tally());
        redirects.clear();
        endpointHost.clear();
        count = 0;
        tries.clear();
    }

    /** Sends the request; called within a read from the client, whose end flushes, or after a redirect. */
    void begin(HttpHead request, Cluster to, Forward how, Target chosen, long now) {
        cluster = to;
        forward = how;
        target = chosen;
        held = false;
        verdicts.begin();
        Route route = exchange.actions().route();
        TryRules said = route == null ? null : route.note(TryRules.class);
        rules = said == null ? TryRules.DEFAULT : said;
        retriable = how.retry().allows(request);
        hedges.begin(rules.hedge(), request, how.retry());
        tried.begin(to, how, chosen);
        boolean kept = retriable || hedges.allowed() || rules.redirects() != null;
        if (redirects.any() && exchange.requestComplete()) {
            replay.goOn(kept);
            start(request, to, how, now);
        } else if (chosen.bufferBytesMax() == Target.STREAMED || exchange.requestComplete()) {
            replay.begin(kept, rules.replayBytesMax());
            start(request, to, how, now);
        } else {
            // The body is wanted whole before a host hears of the request: Envoy's buffer filter.
            replay.gather(kept, chosen.bufferBytesMax());
            if (request.contentLength() > chosen.bufferBytesMax()) {
                tooLarge();
            } else {
                downstream.readable(true);
            }
        }
    }

    private void start(HttpHead request, Cluster to, Forward how, long now) {
        if (!admitted.enter(to, how.priority())) {
            fail(Mishap.OVERFLOW);
            return;
        }
        inClientRead = !redirects.any();
        shadows.begin(request, how, Heads.bodyless(request));
        replay.showTo(shadows);
        int more = exchange.requestComplete() ? complete(now) : 0;
        int mine = turn;
        attempt(request, to, how, false, now);
        if (mine == turn) { // else all is over, and what is at hand is another request
            beside(more, now);
        }
    }

    private int complete(long now) {
        return hedges.complete(exchange.timeouts(), worker.random().nextLong(), now);
    }

    /** The first of the request's tries has begun, and some more are to go beside it at once. */
    private void beside(int more, long now) {
        for (int i = 0; i < more; i++) {
            beside(now);
        }
    }

    /** Sends the request to one more host, where there is one and the cluster's limit of retries has room. */
    private void beside(long now) {
        var request = exchange.request();
        var to = cluster;
        var how = forward;
        if (request != null && to != null && how != null && tries.winner() == null && !verdicts.pausing()
                && replay.repeatable() && hasRoom() && tries.open() > 0 && retries.admitBeside(to, how, worker)) {
            attempt(request, to, how, true, now);
        }
    }

    boolean hasRoom() {
        return tries.open() < HedgeRule.AT_ONCE_MAX;
    }

    /** The first host is late. */
    void backUp() {
        if (tries.winner() == null && !verdicts.pausing() && tries.open() == 1 && replay.repeatable()
                && hedges.takesBackup()) {
            beside(worker.nowNanos());
        }
    }

    /**
     * @param second
     *            whether a host has the request already that has not had too long: a try that makes sense at another
     *            host only
     */
    void attempt(HttpHead request, Cluster to, Forward how, boolean second, long now) {
        CircuitBreaker place = retries.handOver();
        Pick pick = tried.pick(to);
        switch (pick) {
            case Pick.Chosen chosen -> {
                if (second && tried.been(chosen.host())) {
                    giveBack(place);
                    return;
                }
                count++;
                tried.add(chosen.host());
                Try one = tries.next();
                one.begin(count, second, to, chosen.host(), place, now);
                if (exchange.requestComplete() && !second) {
                    tryBegins(how, now);
                }
                endpointHost.apply(request, how, target, chosen.host().endpoint().hostname()); // the connection's name
                one.connect(downstream.pools().of(to, chosen.host(), how.priority(), downstream.protocol(),
                        UpgradeRules.raw(exchange.actions().route(), request), request), request.upgrade());
            }
            case Pick.Refused refused -> {
                giveBack(place);
                if (tries.open() > 0) {
                    return; // there is a host that may yet answer
                }
                if (refused.reason() != Reason.DROPPED) {
                    to.stats().upstreamCxNoneHealthy().increment();
                }
                fail(Mishap.refused(refused.reason()));
            }
        }
    }

    private static void giveBack(@Nullable CircuitBreaker place) {
        if (place != null) {
            place.retryEnded();
        }
    }

    private void tryBegins(Forward how, long now) {
        exchange.timeouts().tryBegins(how.retry().perTryTimeoutNanos(), how.retry().perTryIdleTimeoutNanos(), now);
    }

    /** The request's last byte has come: a try's own time runs from here, as the client's is not the host's. */
    void requestComplete(long now) {
        var how = forward;
        if (how != null && tries.shown().open() && tries.winner() == null) {
            tryBegins(how, now);
        }
    }

    /** No host has any more to do with the answer: its last part is here, or it is Weir's own. */
    void leave() {
        tries.leave();
        if (exchange.response().started() || exchange.response().local()) {
            exchange.timeouts().hostDone();
        }
    }

    /** Another number for each exchange: what was called may have ended one and begun the next. */
    int turn() {
        return turn;
    }

    /** Body bytes from the client, which now belong to the attempts. */
    void data(ByteBuf data, boolean last) {
        if (replay.gathering()) {
            if (!replay.add(data)) {
                tooLarge();
            } else if (last) {
                gathered(null);
            }
            return;
        }
        inClientRead = true;
        shadows.data(data, last);
        replay.keep(data, last);
        var open = tries.shown().stream();
        if (open == null) {
            data.release(); // kept for replay, and nobody to send it to: only between two tries
            return;
        }
        open.data(data, last);
        if (last) {
            long now = worker.nowNanos();
            beside(complete(now), now);
        } else if (!open.writable()) {
            held = true;
            downstream.readable(false);
        }
    }

    private void tooLarge() {
        exchange.stats().rqTooLarge.increment();
        exchange.failed(413, "Payload Too Large", "request_payload_too_large", 0);
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
        var open = tries.shown().stream();
        if (open != null) {
            open.trailers(trailers);
        }
    }

    /** The client's read is over. */
    void flush() {
        if (inClientRead) {
            inClientRead = false;
            tries.flush();
        }
    }

    void readable(boolean wanted) {
        var open = tries.shown().stream();
        if (open != null) {
            open.readable(wanted);
        }
    }

    /** Nothing comes of it, and that is the cluster's: an answer in its stead counts as one of its answers. */
    void fail(Mishap why) {
        charge(why.status());
        tries.giveUp();
        exchange.failed(why.status(), why.body(), why.details(), why.flag().bit());
    }

    private void charge(int status) {
        var to = cluster;
        if (to != null && !answered()) {
            exchange.actions().tally().answered(to, status);
        }
    }

    /** Nothing more is wanted from upstream, through no fault of the host. */
    void abandon() {
        tries.giveUp();
        exchange.timeouts().settled();
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
        var to = cluster;
        long now = worker.nowNanos();
        if (to != null && count > 0) {
            exchange.actions().tally().timedOut(to);
            tries.tookTooLong(now);
        }
        if (!answered()) {
            hedges.over(false, true, now);
        }
        abandon();
    }

    /** The exchange is over: what was taken is given back, and the cluster hears how it went. */
    void finished(int status, long now) {
        shadows.requestOver();
        redirects.forget();
        var to = cluster;
        var winner = tries.winner();
        if (to != null && winner != null) {
            exchange.actions().tally().answered(to, status);
            exchange.actions().tally().took(to, (now - winner.visit().beganNanos()) / 1_000_000);
            winner.visit().answered(status, now);
        }
        tries.end();
        retries.over();
        admitted.leave();
        replay.exhaust();
        hedges.forget();
        rules = TryRules.DEFAULT;
        goNowhere();
    }

    private void goNowhere() {
        cluster = null;
        forward = null;
        target = null;
    }

    // ---- upstream's side ----

    void ready(Try one, UpstreamStream open) {
        var request = exchange.request();
        var how = forward;
        var host = one.visit().host();
        if (request == null || how == null || host == null) {
            open.cancel();
            return;
        }
        // again, as another try may have begun since the host was picked, and it is the same head
        endpointHost.apply(request, how, target, host.endpoint().hostname());
        if (how.attemptCountUpstream()) {
            HeaderPolicy.attemptCount(request, one.number());
        }
        if (rules.tellsTimeouts() && one.number() > 1) {
            HeaderPolicy.timeoutRetry(request, verdicts.tookTooLong());
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

    void writable(Try one) {
        if (held && one == tries.shown()) {
            held = false;
            downstream.readable(true);
        }
    }

    /** The pause is over. Of a cluster that stood for others, another of these may do better. */
    void again() {
        var from = cluster;
        var how = forward;
        var request = exchange.request();
        inClientRead = false;
        verdicts.pauseOver();
        if (from == null || how == null || request == null) {
            return;
        }
        var to = tried.elsewhere(from);
        if (to != from) {
            if (!admitted.enter(to, how.priority())) {
                if (tries.open() == 0) {
                    cluster = to;
                    fail(Mishap.OVERFLOW);
                }
                return; // a host that has the request may yet answer
            }
            cluster = to;
        }
        attempt(request, to, how, false, worker.nowNanos());
    }

    /** The answer is that of a host in this cluster, of those that its route's stands for. */
    void answeredBy(Cluster its) {
        cluster = its;
    }

    /** The request begins anew elsewhere: what it holds here is given back, and its body stays. */
    void leaveFor(HttpHead request, Route next) {
        tries.clear();
        admitted.leave();
        shadows.requestOver();
        endpointHost.clear();
        retries.begin(exchange.actions().tally());
        if (Heads.bodyless(request)) {
            replay.exhaust();
        }
        goNowhere(); // its next route may answer by itself
        exchange.redirected(request, next);
    }

    // ---- what others ask ----

    long nowNanos() {
        return worker.nowNanos();
    }

    /** Whether the route's policy has this request tried again at all. */
    boolean retriable() {
        return retriable;
    }

    TryRules rules() {
        return rules;
    }

    int count() {
        return count;
    }

    /** Whether the client's answer is a host's. */
    boolean answered() {
        return tries.winner() != null;
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
        return forward == null ? Visit.NOWHERE : tries.shown().visit();
    }
}
