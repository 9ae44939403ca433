package io.weir.http.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HopByHop;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.control.RequestControls;
import io.weir.http.filter.ConnectionMemory;
import io.weir.http.filter.Flow;
import io.weir.http.route.Direct;
import io.weir.http.route.Forward;
import io.weir.http.route.Redirect;
import io.weir.http.route.Route;
import io.weir.http.route.Target;
import io.weir.net.transport.Worker;
import io.weir.observe.log.ResponseFlag;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, from the client's head to the last byte back: the request is checked and routed,
 * answered by Weir itself or handed to {@link Attempts}, timed, counted and logged. Serves one exchange after another
 * of the same connection; belongs to one worker.
 */
public final class Exchange {
    private static final byte[] NO_BYTES = {};

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
    private final Moments moments = new Moments();

    private @Nullable HttpHead request;
    private @Nullable HttpHead response;
    private @Nullable Route route;
    private @Nullable Target target;
    private boolean active;
    private boolean requestComplete;
    private boolean responseStarted;
    private long random;
    private int status;
    private long flags;
    private String details = "";

    /** Exchanges of one connection share its memory. */
    public Exchange(ProxyContext context, Downstream downstream, ConnectionMemory connection) {
        this.context = context;
        this.downstream = downstream;
        this.worker = downstream.worker();
        this.stats = context.stats();
        this.headers = new HeaderPolicy(context, downstream);
        this.affinity = new Affinity(this, downstream, context.spec().clientAddress());
        this.attempts = new Attempts(this, downstream, affinity, context.clusters());
        this.timeouts = new Timeouts(this, worker);
        this.record = new ExchangeRecord(this);
        this.filters = new FilterPass(this, downstream, context.chains(), connection);
    }

    // ---- the request comes in ----

    /** A request's head has come; {@code last} when no body follows. */
    public void begin(HttpHead head, boolean last) {
        start(head);
        requestComplete = last;
        if (last) {
            moments.requestEndNanos = moments.startNanos;
        }
        var refusal = FirstLook.at(head, context.spec());
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        switch (context.normalizer().apply(head, headers.localPort())) {
            case ACCEPT -> route(head);
            case REJECT_PATH -> reply(400, "", "path_normalization_failed", ResponseFlag.DPE.bit());
            case REJECT_HEADER -> reply(400, "", "unexpected_underscore", ResponseFlag.DPE.bit());
            case REDIRECT -> redirect(307, head.path(), "path_normalization_redirect");
        }
    }

    private void refuse(FirstLook.Refusal refusal) {
        details = refusal.details();
        flags |= refusal.flags();
        var head = localHead(refusal.status());
        if (refusal.allow() != null) {
            head.add(FirstLook.ALLOW, refusal.allow());
        }
        sendLocal(head, NO_BYTES);
    }

    private void route(HttpHead head) {
        headers.request(head, worker.random());
        var found = context.spec().routes().match(head, random, record);
        route = found;
        if (found != null && found.action() instanceof Forward forward) {
            target = forward.choice().choose(head, random);
        }
        var chosen = target;
        int chain = chosen != null ? chosen.chain() : found != null ? found.chain() : Route.OUTERMOST;
        switch (filters.requestHead(chain, head)) {
            case Flow.Next _ -> act(head, found);
            case Flow.Reply reply -> send(reply.status(), reply.body(), reply.details(), reply.flags());
        }
    }

    private void act(HttpHead head, @Nullable Route found) {
        if (found == null) {
            reply(404, "", "route_not_found", ResponseFlag.NR.bit());
            return;
        }
        switch (found.action()) {
            case Direct direct -> send(direct.status(), direct.body(), "direct_response", 0);
            case Redirect redirect ->
                redirect(redirect.status(), redirect.location(head, headers.scheme()), "direct_response");
            case Forward forward -> forward(head, RequestControls.applied(forward, head));
        }
    }

    private void redirect(int code, String location, String why) {
        details = why;
        var head = localHead(code);
        head.add(HeaderName.LOCATION, location);
        sendLocal(head, NO_BYTES);
    }

    private void start(HttpHead head) {
        active = true;
        affinity.clear();
        attempts.clear();
        request = head;
        response = null;
        route = null;
        target = null;
        requestComplete = false;
        responseStarted = false;
        random = worker.random().nextLong();
        long now = worker.nowNanos();
        moments.begin(now, context.epochMicros(now));
        filters.clear();
        status = 0;
        flags = 0;
        details = "";
        stats.requestBegan(downstream.protocol());
        timeouts.begin(context.spec().timeouts(), now);
    }

    private void forward(HttpHead head, Forward forward) {
        var chosen = target;
        var cluster = chosen == null ? null : affinity.cluster(context.clusters(), chosen.cluster());
        if (chosen == null || cluster == null) {
            reply(forward.clusterNotFoundStatus(), "", "cluster_not_found", ResponseFlag.NC.bit());
            return;
        }
        timeouts.routed(forward, route, head);
        forward.prepare(head, chosen, record, !context.spec().suppressEnvoyHeaders());
        headers.upstream(head, timeouts.routeNanos());
        attempts.begin(head, cluster, forward, chosen, moments.startNanos);
        if (active && requestComplete) {
            timeouts.requestComplete(moments.startNanos);
        }
    }

    /** The client's bytes are no request: it is told so, and the connection has to close. */
    public void reject(HttpHead head, int code, String why) {
        start(head);
        reply(code, "", why, code == 408 ? 0 : ResponseFlag.DPE.bit());
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
            requestEnded(now);
        }
        attempts.data(data, last);
    }

    /** The request ends with trailers. */
    public void requestTrailers(HttpHead trailers) {
        if (active) {
            requestEnded(worker.nowNanos());
            attempts.trailers(trailers);
        }
    }

    private void requestEnded(long now) {
        requestComplete = true;
        moments.requestEndNanos = now;
        timeouts.requestComplete(now);
        attempts.requestComplete(now);
    }

    /** The body is out of its grammar; there is no telling where the next request would begin. */
    public void requestBroken(int code, String why) {
        if (!active) {
            return;
        }
        attempts.abandon();
        failed(code, "", why, ResponseFlag.DPE.bit());
    }

    /** One read's worth of request has been handed over. */
    public void requestReadEnd() {
        attempts.flush();
    }

    /** The client takes bytes again. */
    public void downstreamWritable() {
        if (active) {
            attempts.readable(true);
        }
    }

    /** The client has gone. */
    public void downstreamClosed() {
        timeouts.cancel();
        if (active) {
            stats.rqRxReset.increment();
            attempts.cancelled();
            details = "downstream_remote_disconnect";
            flags |= ResponseFlag.DC.bit();
            finish(false);
        }
    }

    // ---- the response goes out ----

    void responseInterim(HttpHead head) {
        HopByHop.strip(head);
        downstream.interim(head);
        downstream.flush();
        if (!downstream.writable()) {
            attempts.readable(false);
        }
    }

    void responseHead(HttpHead head, boolean last) {
        response = head;
        responseStarted = true;
        long now = worker.nowNanos();
        moments.responseStartNanos = now;
        status = head.status();
        details = "via_upstream";
        timeouts.touched(now);
        headers.response(head, request, moments.upstreamMillis(now), attempts.count(), attempts.forward());
        var chosen = target;
        if (chosen != null) {
            chosen.responseEdits().apply(head, record);
        }
        filters.responseHead(head);
        downstream.head(head, last);
        if (last) {
            finish(true);
        }
    }

    void responseData(ByteBuf data, boolean last) {
        moments.bytesSent += data.readableBytes();
        downstream.data(data, last);
        if (last) {
            finish(true);
            return;
        }
        timeouts.touched(worker.nowNanos());
        if (!downstream.writable()) {
            attempts.readable(false);
        }
    }

    void responseTrailers(HttpHead trailers) {
        filters.responseTrailers(trailers);
        downstream.trailers(trailers);
        finish(true);
    }

    void responseReadEnd() {
        downstream.flush();
    }

    void requestTooLarge() {
        stats.rqTooLarge.increment();
        failed(413, "Payload Too Large", "request_payload_too_large", 0);
    }

    /** The attempts have come to nothing: an answer of our own, or a cut where one has begun. */
    void failed(int code, String body, String why, long responseFlags) {
        if (responseStarted) {
            cut(responseFlags, why);
        } else {
            reply(code, body, why, responseFlags);
        }
        downstream.flush();
    }

    private void cut(long responseFlags, String why) {
        flags |= responseFlags;
        details = why;
        stats.rqTxReset.increment();
        downstream.cut();
        finish(false);
    }

    private void reply(int code, String body, String why, long responseFlags) {
        send(code, body.isEmpty() ? NO_BYTES : body.getBytes(StandardCharsets.UTF_8), why, responseFlags);
    }

    private void send(int code, byte[] body, String why, long responseFlags) {
        details = why;
        flags |= responseFlags;
        var head = localHead(code);
        headerPolicy().overload(head, flags);
        sendLocal(head, body);
    }

    private HttpHead localHead(int code) {
        var head = Heads.of(worker).take();
        head.status(code);
        return head;
    }

    private void sendLocal(HttpHead localHead, byte[] ownBody) {
        if (!requestComplete) {
            downstream.readable(false); // known before the head is written, which then says that this is the last
        }
        response = localHead;
        responseStarted = true;
        moments.responseStartNanos = worker.nowNanos();
        byte[] text = context.spec().localReplies().rewrite(localHead, ownBody, record);
        byte[] body = HeaderPolicy.localBody(localHead, request, text);
        status = localHead.status();
        var chosen = route;
        headers.local(localHead, request);
        if (chosen != null) {
            chosen.responseEdits().apply(localHead, record);
        }
        filters.responseHead(localHead);
        var head = request;
        boolean bodyless = (head != null && head.methodIs("HEAD")) || status == 204 || status == 304;
        if (bodyless) {
            if (status != 204 && status != 304) {
                localHead.add(HeaderName.CONTENT_LENGTH, body.length);
            }
            localHead.framing(Framing.NONE, -1);
            downstream.head(localHead, true);
        } else {
            localHead.framing(Framing.LENGTH, body.length);
            downstream.head(localHead, body.length == 0);
            if (body.length > 0) {
                moments.bytesSent += body.length;
                downstream.data(Unpooled.wrappedBuffer(body), true);
            }
        }
        finish(true);
        Heads.of(worker).giveBack(localHead);
    }

    /** The response is complete or given up: everything is counted, written down and handed back. */
    private void finish(boolean complete) {
        active = false;
        long now = worker.nowNanos();
        try {
            record.ended(now);
            context.log(record); // while the attempts still know cluster and host
        } finally { // and whoever fails here, those behind it give back the places that they hold
            try {
                filters.ended(complete, now); // while they know whose answer it was
            } finally {
                attempts.finished(status, now);
                stats.requestEnded(status, (now - moments.startNanos) / 1_000_000);
                request = null;
                response = null;
                downstream.ended();
            }
        }
    }

    // ---- the clock ----

    /** The whole exchange has taken longer than its route allows. */
    void timedOut() {
        stats.rqTimeout.increment();
        attempts.timedOut(504);
        failed(504, "upstream request timeout", "response_timeout", ResponseFlag.UT.bit());
    }

    /** Another deadline than the route's has passed. */
    void expired(Timeouts.Deadline which) {
        attempts.abandon();
        int code = requestComplete ? 504 : 408;
        switch (which) {
            case LIFE -> {
                stats.rqMaxDurationReached.increment();
                failed(code, "stream timeout", "max_duration_timeout", ResponseFlag.DT.bit());
            }
            case IDLE -> {
                stats.rqIdleTimeout.increment();
                failed(code, "stream timeout", "stream_idle_timeout", ResponseFlag.SI.bit());
            }
            case REQUEST -> {
                stats.rqTimeout.increment();
                failed(408, "request timeout", "request_overall_timeout", 0);
            }
        }
    }

    void tryTimedOut() {
        attempts.tryTimedOut();
    }

    void backedOff() {
        attempts.again();
    }

    // ---- what the parts ask each other ----

    boolean active() {
        return active;
    }

    boolean requestComplete() {
        return requestComplete;
    }

    Timeouts timeouts() {
        return timeouts;
    }

    @Nullable
    HttpHead request() {
        return request;
    }

    @Nullable
    HttpHead response() {
        return response;
    }

    Downstream downstream() {
        return downstream;
    }

    HeaderPolicy headerPolicy() {
        return headers;
    }

    @Nullable
    Route route() {
        return route;
    }

    Attempts attempts() {
        return attempts;
    }

    Affinity affinity() {
        return affinity;
    }

    @Nullable
    Target target() {
        return target;
    }

    ExchangeRecord record() {
        return record;
    }

    Moments moments() {
        return moments;
    }

    int status() {
        return status;
    }

    long flags() {
        return flags | attempts.flags();
    }

    String details() {
        return details;
    }
}
