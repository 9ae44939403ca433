package io.weir.http.proxy;

import io.weir.core.cluster.Cluster;
import io.weir.http.codec.HopByHop;
import io.weir.http.codec.HttpHead;
import io.weir.http.control.RedirectRule;
import io.weir.http.proxy.visit.Mishap;
import io.weir.http.route.Forward;
import io.weir.http.route.ResetBackOff;
import io.weir.http.route.Route;
import io.weir.http.upstream.UpstreamListener.Failure;
import io.weir.http.upstream.UpstreamListener.Reset;
import io.weir.net.transport.Worker;
import org.jspecify.annotations.Nullable;

/**
 * What a try's end means for its request: the answer is the client's, another try follows after a pause, one that is
 * under way may do better, the request goes where the answer points, or nothing comes of it. Serves one exchange after
 * another; belongs to one worker.
 */
final class Verdicts {
    private final Attempts attempts;
    private final Exchange exchange;
    private final Downstream downstream;
    private final Worker worker;
    private final Tries tries;
    private final Retries retries;
    private final Replay replay;
    private boolean pausing;
    private boolean tookTooLong;

    Verdicts(Attempts attempts, Downstream downstream) {
        this.attempts = attempts;
        this.exchange = attempts.exchange;
        this.downstream = downstream;
        this.worker = downstream.worker();
        this.tries = attempts.tries;
        this.retries = attempts.retries;
        this.replay = attempts.replay;
    }

    /** A request begins. */
    void begin() {
        pausing = false;
        tookTooLong = false;
    }

    /** Whether a try is to come after a pause. */
    boolean pausing() {
        return pausing;
    }

    void pauseOver() {
        pausing = false;
    }

    /** Whether a try has taken longer than it may. */
    boolean tookTooLong() {
        return tookTooLong;
    }

    // ---- a try has ended, or its answer begins ----

    void unconnected(Try one, Failure why, String reason) {
        var how = attempts.forward();
        if (how != null) {
            boolean failed = why == Failure.CONNECT || why == Failure.CONNECT_TIMEOUT;
            tryEnds(one);
            if (!another(one, how, failed && how.retry().onConnectFailure())) {
                attempts.fail(Mishap.unconnected(why, reason));
            }
        }
    }

    void interim(Try one, HttpHead head) {
        if (!tries.othersOpen(one)) {
            HopByHop.strip(head);
            downstream.interim(head);
            downstream.flush();
            if (!downstream.writable()) {
                attempts.readable(false);
            }
        }
    }

    void head(Try one, HttpHead head, boolean last) {
        var to = one.visit().cluster();
        var how = attempts.forward();
        if (to == null || how == null) {
            return;
        }
        long now = worker.nowNanos();
        tryEnds(one);
        one.visit().head(head, now);
        boolean poor = attempts.retriable() && how.retry().onResponse(head);
        if (poor && replay.repeatable() && admitted(one, how, false)) {
            thrownAway(one, head, last, now);
            retryLater(how, head);
            return;
        }
        if ((poor || head.status() >= 500) && (pausing || tries.othersOpen(one))) {
            thrownAway(one, head, last, now); // another may do better
            return;
        }
        one.returnPlace();
        tries.won(one);
        pausing = false;
        attempts.answeredBy(to);
        exchange.timeouts().settled();
        retries.answered(to, head.status(), poor);
        attempts.hedges.over(one.beside(), head.status() < 500, now);
        if (!redirected(one, head, last, to, now)) {
            replay.exhaust();
            attempts.tried.answered(head);
            exchange.responseHead(head, last);
        }
    }

    private void thrownAway(Try one, HttpHead head, boolean last, long now) {
        var to = one.visit().cluster();
        if (to != null) {
            exchange.actions().tally().answered(to, head.status());
            one.visit().answered(head.status(), now);
        }
        one.discard(head, last, exchange.requestComplete());
    }

    /** Goes where the answer points, in the client's stead; false when it is for the client. */
    private boolean redirected(Try one, HttpHead head, boolean last, Cluster to, long now) {
        RedirectRule rule = attempts.rules().redirects();
        var request = exchange.request();
        if (rule == null || request == null || !rule.statuses().contains(head.status())) {
            return false;
        }
        boolean sendable = exchange.requestComplete()
                && (head.status() == 303 || (replay.repeatable() && exchange.bodyAsSent()));
        Route next = sendable ? attempts.redirects.follow(rule, head, request) : null;
        if (next == null) {
            to.stats().upstreamInternalRedirectFailedTotal().increment();
            return false;
        }
        to.stats().upstreamInternalRedirectSucceededTotal().increment();
        thrownAway(one, head, last, now);
        attempts.leaveFor(request, next);
        return true;
    }

    void reset(Try one, Reset why, boolean started, String reason) {
        var how = attempts.forward();
        var request = exchange.request();
        if (how == null || request == null) {
            return;
        }
        tryEnds(one);
        if (why != Reset.REFUSED) { // a host that goes away in good order has not failed
            one.visit().brokeOff(worker.nowNanos());
        }
        boolean may = !started && Retries.after(why, how.retry(), request);
        if (attempts.answered() || !another(one, how, may)) {
            attempts.fail(Mishap.reset(why, attempts.answered(), reason, one.visit().failureReason()));
        }
    }

    // ---- trying again ----

    private void tryEnds(Try one) {
        if (!tries.othersOpen(one)) {
            exchange.timeouts().tryEnds();
        }
    }

    /** One attempt has taken longer than it may. */
    void tryTimedOut() {
        var to = attempts.cluster();
        var how = attempts.forward();
        var request = exchange.request();
        if (to == null || how == null || request == null || attempts.answered()) {
            return;
        }
        long now = worker.nowNanos();
        to.stats().upstreamRqPerTryTimeout().increment();
        tookTooLong = true;
        boolean begun = tries.begun();
        tries.tookTooLong(now);
        if (attempts.hedges.onTryTimeout() && replay.repeatable()) { // it goes on, as long as the route has time
            if (!pausing && attempts.hasRoom() && retries.admit(to, how, false, worker)) {
                attempts.attempt(request, to, how, false, now);
            }
            return;
        }
        tries.giveUp();
        if (pausing) {
            tries.leave(); // another try comes anyway
            return;
        }
        tries.shown().returnPlace();
        boolean again = attempts.retriable() && replay.repeatable() && how.retry().onReset(request, begun)
                && retries.admit(to, how, false, worker);
        if (again) {
            tries.leave(); // the open ones: one whose unwanted answer has not ended stays its connection's
            retryLater(how, null);
        } else {
            attempts.fail(Mishap.TRY_TIMEOUT);
        }
    }

    /** A try has come to nothing without an answer: whether another goes on, or follows. */
    private boolean another(Try failed, Forward how, boolean may) {
        if (may && attempts.retriable() && replay.repeatable() && admitted(failed, how, true)) {
            failed.leave();
            retryLater(how, null);
            return true;
        }
        if (pausing || tries.othersOpen(failed)) {
            failed.leave();
            return true;
        }
        return false;
    }

    /** Whether a try follows this one, or will in any case. */
    private boolean admitted(Try failed, Forward how, boolean unanswered) {
        var to = attempts.cluster();
        failed.returnPlace();
        return pausing || (to != null && retries.admit(to, how, unanswered, worker));
    }

    /**
     * @param head
     *            the answer that is thrown away, which may say how long to wait; null: there was none
     */
    private void retryLater(Forward how, @Nullable HttpHead head) {
        var to = attempts.cluster();
        if (pausing || to == null) {
            return;
        }
        pausing = true;
        downstream.readable(false);
        var said = how.retry().rateLimited();
        long now = worker.nowNanos();
        long pause = said == null || head == null
                ? ResetBackOff.UNSAID
                : said.pauseNanos(head, exchange.context().epochMicros(now), worker.random().nextLong());
        if (pause == ResetBackOff.UNSAID) {
            to.stats().upstreamRqRetryBackoffExponential().increment();
            pause = how.retry().backOff().jitteredNanos(attempts.count(), worker.random());
        } else {
            to.stats().upstreamRqRetryBackoffRatelimited().increment();
        }
        exchange.timeouts().backOff(pause, now);
    }
}
