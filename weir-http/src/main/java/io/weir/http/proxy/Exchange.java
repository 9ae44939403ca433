package io.weir.http.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.core.drain.Turns;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.filter.ConnectionMemory;
import io.weir.http.filter.Flow;
import io.weir.http.route.Route;
import io.weir.net.transport.Worker;
import io.weir.observe.log.ResponseFlag;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, from the client's head to the last byte back: the request is checked and routed,
 * answered by Weir itself or handed to {@link Attempts}, timed, counted and logged. Serves one exchange after another
 * of the same connection; belongs to one worker.
 */
public final class Exchange {
    private final ProxyContext context;
    private final Downstream downstream;
    private final Worker worker;
    private final HttpStats stats;
    private final HeaderPolicy headers;
    private final Affinity affinity;
    private final Attempts attempts;
    private final Timeouts timeouts;
    private final ExchangeRecord record;
    private final FilterPass filters;
    private final LocalAnswers answers;
    private final RouteActions actions;
    private final Response response;
    private final Halves halves;
    private final Moments moments = new Moments();

    private @Nullable HttpHead request;
    private boolean active;
    /** The client's request is complete. */
    private boolean received;
    /** The request is complete, and has passed the filters. */
    private boolean requestComplete;

    /** Exchanges of one connection share its memory. */
    public Exchange(ProxyContext context, Downstream downstream, ConnectionMemory connection) {
        this.context = context;
        this.downstream = downstream;
        this.worker = downstream.worker();
        this.stats = context.stats();
        this.headers = new HeaderPolicy(context, downstream);
        this.affinity = new Affinity(this, downstream, context.spec().clientAddress());
        this.filters = new FilterPass(this, downstream, context.chains(), connection);
        var gated = new ChainEnds.GatedClient(downstream, filters);
        this.attempts = new Attempts(this, gated, affinity, context.clusters(), stats);
        this.timeouts = new Timeouts(this, worker);
        this.record = new ExchangeRecord(this, filters.remarks());
        this.answers = new LocalAnswers(this, context, worker);
        this.actions = new RouteActions(this, context, answers);
        this.response = new Response(worker);
        this.halves = new Halves(stats);
    }

    // ---- the request comes in ----

    /** A request's head has come; {@code last} when no body follows. */
    public void begin(HttpHead head, boolean last) {
        start(head);
        received = last;
        if (last) {
            moments.requestEndNanos = moments.startNanos;
        }
        if (!answers.refused(head)) {
            headers.request(head, worker.random());
            actions.aim(head);
            go(head, last);
        }
    }

    /** A host has named another place, to which the request goes in the client's stead; its filters begin anew. */
    void redirected(HttpHead head, Route found) {
        timeouts.hostDone(); // the former route's time: filters may hold the request longer
        filters.ended(false, worker.nowNanos());
        filters.clear();
        affinity.clear(); // a host that the former route bound the request to is that route's
        actions.aim(head, found);
        var body = filters.any(actions.chain(head)) ? attempts.replay.takeOut() : Replay.Body.NONE;
        requestComplete = body.isEmpty(); // else it passes the filters once more
        int mine = attempts.turn();
        go(head, requestComplete);
        filters.requestBody(body, mine == attempts.turn());
        flush(); // nobody else does, and the next answer may be Weir's own
    }

    private void go(HttpHead head, boolean last) {
        attempts.redirects.remember(head);
        if (!answers.tunnelRefused(head, actions.route())) {
            filters.requestHead(actions.pass(head), head, last);
        }
    }

    /** The request's head has passed the filters. */
    void requestPassed(HttpHead head, boolean last) {
        requestComplete = last;
        boolean later = filters.crosses() || attempts.count() > 0; // filters, or another host, have taken their time
        long now = later ? worker.nowNanos() : moments.startNanos;
        actions.act(head, now);
    }

    /** A filter answers. */
    void answer(Flow.Reply reply) {
        attempts.abandon();
        if (response.started()) {
            cut(reply.flags(), reply.details());
        } else {
            answers.send(reply.status(), reply.body(), reply.details(), reply.flags());
        }
    }

    private void start(HttpHead head) {
        active = true;
        affinity.clear();
        halves.clear();
        attempts.clear();
        request = head;
        response.clear();
        actions.begin(worker.random().nextLong());
        received = false;
        requestComplete = false;
        long now = worker.nowNanos();
        moments.begin(now, context.epochMicros(now));
        filters.clear();
        stats.requestBegan(downstream.protocol());
        timeouts.begin(context.spec().timeouts(), now);
    }

    /** The client's bytes are no request, or nobody can look (500): it is told so, and the connection has to close. */
    public void reject(HttpHead head, int code, String why) {
        start(head);
        answers.reply(code, "", why, code == 408 ? 0 : (code == 500 ? ResponseFlag.OM : ResponseFlag.DPE).bit());
    }

    /** Body bytes, which now belong to the exchange. */
    public void requestData(ByteBuf data, boolean last) {
        moments.bytesReceived += data.readableBytes();
        if (!active) {
            data.release();
            return;
        }
        long now = worker.nowNanos();
        timeouts.touched(now);
        if (last) {
            received(now);
        }
        if (filters.crosses()) {
            filters.requestData(data, last);
            return;
        }
        if (last) {
            requestEnded(now);
        }
        attempts.data(data, last);
        if (last && halves.clientEnds()) {
            attempts.flush();
            finish(true);
        }
    }

    /** The request ends with trailers. */
    public void requestTrailers(HttpHead trailers) {
        if (!active) {
            return;
        }
        if (halves.tunnel()) {
            requestData(Unpooled.EMPTY_BUFFER, true);
            return;
        }
        received(worker.nowNanos());
        if (filters.crosses()) {
            filters.requestTrailers(trailers);
        } else {
            requestTrailersPassed(trailers);
        }
    }

    private void received(long now) {
        received = true;
        moments.requestEndNanos = now;
        timeouts.received();
    }

    /** Body bytes have passed filters that hold them up. */
    void requestDataPassed(ByteBuf data, boolean last) {
        long now = worker.nowNanos();
        timeouts.touched(now);
        if (last) {
            requestEnded(now);
        }
        attempts.data(data, last);
    }

    void requestTrailersPassed(HttpHead trailers) {
        requestEnded(worker.nowNanos());
        attempts.trailers(trailers);
    }

    private void requestEnded(long now) {
        requestComplete = true;
        timeouts.requestComplete(now);
        attempts.requestComplete(now);
    }

    /** Whether it has an answer that may have no end, whose turn to end in a drain has come. */
    public boolean due(Turns turns, long now) {
        return active && response.endless() && turns.endsAnswer(downstream.connectionId(), moments.startNanos, now);
    }

    /** How many bytes wait here, but for those that wait for the client. A body that may be sent again counts once. */
    public long heldBytes() {
        return filters.heldBytes() + halves.heldBytes()
                + Math.max(attempts.replay.heldBytes(), attempts.tries.heldBytes());
    }

    /** One read's worth of request has been handed over. */
    public void requestReadEnd() {
        attempts.flush();
    }

    /** The client takes bytes again. */
    public void downstreamWritable() {
        if (active && !filters.clientTakes()) {
            attempts.readable(true);
        }
    }

    /** The client has gone. */
    public void downstreamClosed() {
        timeouts.cancel();
        if (active) {
            stats.rqRxReset.increment();
            attempts.cancelled();
            response.note("downstream_remote_disconnect", ResponseFlag.DC.bit());
            finish(false);
        }
    }

    // ---- the response goes out ----

    void responseHead(HttpHead head, boolean last) {
        if (Halves.misleads(request, head, downstream.protocol())) {
            attempts.abandon();
            failed(502, "", "upgrade_answered_without_switching", ResponseFlag.UPE.bit());
            return;
        }
        response.host(head);
        long now = worker.nowNanos();
        moments.responseStartNanos = now;
        timeouts.touched(now);
        headers.response(head, request, moments.upstreamMillis(now), attempts.count(), attempts.forward(),
                attempts.visit().protocol());
        actions.edit(head);
        if (last && filters.crosses()) {
            attempts.leave();
        }
        boolean tunnel = !last && halves.open(request, head);
        filters.responseHead(head, last || tunnel); // what passes a tunnel is no body, and no filter's business
        if (last) {
            response.keep();
        }
    }

    void responseData(ByteBuf data, boolean last) {
        if (!filters.crosses()) {
            responseDataPassed(data, last);
            return;
        }
        if (halves.tunnel()) { // whose head waits at a filter
            attempts.readable(false);
            halves.hold(data, last);
            return;
        }
        if (last) {
            attempts.leave(); // the stream is another request's from now on
        }
        filters.responseData(data, last);
        if (last) {
            response.keep();
        }
    }

    void responseTrailers(HttpHead trailers) {
        if (filters.crosses()) {
            attempts.leave();
        }
        filters.responseTrailers(trailers);
        response.keep();
    }

    /** The response's head has passed the filters. */
    void responseHeadPassed(HttpHead head, boolean last) {
        if (halves.tunnel()) {
            tunnelOpens(head);
            return;
        }
        answers.refuse(head); // whatever forms and filters have made of it
        response.started(head);
        if (!last && Response.bodyless(head, request)) { // a filter has made it so: nobody waits for the rest
            head.framing(Framing.NONE, -1);
            attempts.abandon();
            downstream.head(head, true);
            downstream.flush(); // the host's side, which flushes for what it brings, has just been let go
            finish(true);
            return;
        }
        downstream.head(head, last);
        if (last) {
            finish(true);
        }
    }

    private void tunnelOpens(HttpHead head) {
        response.started(head);
        filters.done();
        downstream.head(head, false);
        timeouts.tunnelOpens();
        received = false;
        requestComplete = false; // the client's bytes, held back so far, belong to the tunnel
        downstream.readable(true);
        halves.letGo(this);
    }

    void responseDataPassed(ByteBuf data, boolean last) {
        moments.bytesSent += data.readableBytes();
        downstream.data(data, last);
        if (last && !halves.hostEnds(requestComplete)) {
            finish(true);
            return;
        }
        timeouts.touched(worker.nowNanos());
        if (!filters.crosses() && !downstream.writable()) {
            attempts.readable(false);
        }
    }

    void responseTrailersPassed(HttpHead trailers) {
        downstream.trailers(trailers);
        finish(true);
    }

    void responseReadEnd() {
        downstream.flush();
    }

    /** What filters have made go out of turn is sent. */
    void flush() {
        attempts.flush();
        downstream.flush();
    }

    /** It ends here: by an answer of our own, or cut where an answer has begun. */
    public void giveUp(EarlyEnd why) {
        if (active) {
            attempts.abandon();
            failed(why.status(), "", why.details(), why.flags());
        }
    }

    /** The attempts have come to nothing: an answer of our own, or a cut where one has begun. */
    void failed(int code, String body, String why, long responseFlags) {
        if (response.started()) {
            cut(responseFlags, why);
        } else {
            answers.reply(code, body, why, responseFlags);
        }
        downstream.flush();
    }

    private void cut(long responseFlags, String why) {
        response.note(why, responseFlags);
        stats.rqTxReset.increment();
        downstream.cut();
        finish(false);
    }

    /** An answer of Weir's own begins; its head belongs to the exchange. */
    void answers(HttpHead head) {
        if (!received) {
            downstream.readable(false); // known before the head is written, which then says that this is the last
        }
        response.local(head);
        attempts.leave();
        halves.over();
        timeouts.settled(); // filters may hold the answer, and nobody needs another try
        moments.responseStartNanos = worker.nowNanos();
    }

    /** It is ready, and has to pass the filters. */
    void answer(HttpHead head, ByteBuf body) {
        response.status(head.status());
        filters.answer(head, body);
    }

    /** The response is complete or given up: everything is counted, written down and handed back. */
    private void finish(boolean complete) {
        active = false;
        halves.over();
        long now = worker.nowNanos();
        try {
            record.ended(now);
            context.log(record); // while the attempts still know cluster and host
        } finally { // and whoever fails here, those behind it give back the places that they hold
            try {
                filters.ended(complete, now); // while they know whose answer it was
            } finally {
                attempts.finished(response.hostStatus(), now);
                stats.requestEnded(response.status(), (now - moments.startNanos) / 1_000_000);
                request = null;
                response.end();
                downstream.ended();
            }
        }
    }

    // ---- what the parts ask each other ----

    public ProxyContext context() {
        return context;
    }

    public boolean active() {
        return active;
    }

    /** Whether the whole request has passed the filters. */
    boolean requestComplete() {
        return requestComplete;
    }

    /** Whether the request's body is the client's: no filter has made another of it. */
    boolean bodyAsSent() {
        return !filters.altered();
    }

    /** Whether the whole request is here, wherever it may be held. */
    boolean received() {
        return received;
    }

    HttpStats stats() {
        return stats;
    }

    Timeouts timeouts() {
        return timeouts;
    }

    @Nullable
    HttpHead request() {
        return request;
    }

    Response response() {
        return response;
    }

    Downstream downstream() {
        return downstream;
    }

    HeaderPolicy headerPolicy() {
        return headers;
    }

    RouteActions actions() {
        return actions;
    }

    Attempts attempts() {
        return attempts;
    }

    Affinity affinity() {
        return affinity;
    }

    ExchangeRecord record() {
        return record;
    }

    Moments moments() {
        return moments;
    }

    long flags() {
        return response.flags() | attempts.flags();
    }
}
