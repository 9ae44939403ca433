package io.weir.http.proxy;

import io.netty.buffer.Unpooled;
import io.weir.core.overload.Action;
import io.weir.core.overload.Overload;
import io.weir.core.overload.ShedPoint;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Route;
import io.weir.net.transport.Worker;
import io.weir.observe.log.ResponseFlag;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What Weir itself answers in an exchange: its form, its head, its body. Serves one exchange after another; belongs to
 * one worker.
 */
final class LocalAnswers {
    private static final byte[] NO_BYTES = {};
    private static final String PROOFS = "/.well-known/acme-challenge/";

    private final Exchange exchange;
    private final ProxyContext context;
    private final Worker worker;

    LocalAnswers(Exchange exchange, ProxyContext context, Worker worker) {
        this.exchange = exchange;
        this.context = context;
        this.worker = worker;
    }

    /** Whether a request may not be routed, and is answered here. */
    boolean refused(HttpHead request) {
        if (proved(request) || shed()) {
            return true;
        }
        var refusal = FirstLook.at(request, context.spec());
        if (refusal != null) {
            refuse(refusal);
            return true;
        }
        switch (context.normalizer().apply(request, exchange.headerPolicy().localPort())) {
            case ACCEPT -> {
                int status = exchange.headerPolicy().rejectStatus(request);
                if (status == 0) {
                    return false;
                }
                exchange.stats().rqRejectedViaIpDetection.increment();
                reply(status, "", "rejecting_because_detection_failed", 0);
            }
            case REJECT_PATH -> reply(400, "", "path_normalization_failed", ResponseFlag.DPE.bit());
            case REJECT_HEADER -> reply(400, "", "unexpected_underscore", ResponseFlag.DPE.bit());
            case REDIRECT -> redirect(307, request.path(), "path_normalization_redirect");
        }
        return true;
    }

    /**
     * Whether an authority asks whether a name is ours, and gets its answer; who asks with a token that nobody waits
     * for is routed like any other (RFC 8555 section 8.3).
     */
    private boolean proved(HttpHead request) {
        if (!context.challenges().overHttp() || !request.methodIs("GET") || !request.path().startsWith(PROOFS)) {
            return false;
        }
        byte[] proof = context.challenges().answer(request.path().substring(PROOFS.length()));
        if (proof == null) {
            return false;
        }
        exchange.response().note("acme_challenge", 0);
        var head = Heads.of(worker).answer(200);
        head.add(HeaderName.CONTENT_TYPE, "application/octet-stream");
        send(head, proof, true);
        return true;
    }

    /** Whether the process has too much to do to take on one more request. */
    private boolean shed() {
        Overload overload = worker.overload();
        boolean shed = overload.strikes(Action.STOP_ACCEPTING_REQUESTS, worker.random())
                || overload.sheds(ShedPoint.DECODE_HEADERS, worker.random());
        if (shed) {
            exchange.stats().rqOverloadClose.increment();
            overloaded();
        }
        return shed;
    }

    /** Whether it has too much to do to send one more request to a host; what filters answer themselves is answered. */
    boolean kept() {
        boolean kept = worker.overload().sheds(ShedPoint.DOWNSTREAM_FILTER_CHECK, worker.random());
        if (kept) {
            exchange.stats().rqOverloadLocalReply.increment();
            overloaded();
        }
        return kept;
    }

    private void overloaded() {
        reply(503, "overloaded", "overload", ResponseFlag.OM.bit());
    }

    /** Whether a tunnel is asked for that may not be had by this route; that is answered here. */
    boolean tunnelRefused(HttpHead request, @Nullable Route route) {
        var refusal = FirstLook.tunnel(request, context, route);
        if (refusal != null) {
            refuse(refusal);
        }
        return refusal != null;
    }

    private void refuse(FirstLook.Refusal refusal) {
        exchange.response().note(refusal.details(), refusal.flags());
        send(refusal.answer(Heads.of(worker)), NO_BYTES);
    }

    void redirect(int code, String location, String why) {
        exchange.response().note(why, 0);
        var head = Heads.of(worker).answer(code);
        head.add(HeaderName.LOCATION, location);
        send(head, NO_BYTES);
    }

    void reply(int code, String body, String why, long responseFlags) {
        send(code, body.isEmpty() ? NO_BYTES : body.getBytes(StandardCharsets.UTF_8), why, responseFlags);
    }

    /** The body is not written to. */
    void send(int code, byte[] body, String why, long responseFlags) {
        exchange.response().note(why, responseFlags);
        var head = Heads.of(worker).answer(code);
        exchange.headerPolicy().overload(head, exchange.flags());
        send(head, body);
    }

    private void send(HttpHead head, byte[] ownBody) {
        send(head, ownBody, (exchange.flags() & ResponseFlag.RFCF.bit()) != 0); // a cache's answer is a host's
    }

    /**
     * @param asItIs
     *            whether the body is not made anew as local replies are
     */
    private void send(HttpHead head, byte[] ownBody, boolean asItIs) {
        exchange.answers(head);
        refuse(head);
        byte[] text = asItIs
                ? ownBody
                : context.spec().localReplies().rewrite(head, ownBody, exchange.record());
        byte[] body = HeaderPolicy.localBody(head, exchange.request(), text, exchange.response().flags());
        exchange.headerPolicy().local(head, exchange.request());
        var chosen = exchange.actions().route();
        if (chosen != null) {
            chosen.responseEdits().apply(head, exchange.record());
        }
        boolean content = HeaderPolicy.frame(head, exchange.request(), body.length);
        exchange.answer(head, content ? Unpooled.wrappedBuffer(body) : Unpooled.EMPTY_BUFFER);
    }

    /** An answer that opens no tunnel does not say that it does: 2xx to a request for one is made 403. */
    void refuse(HttpHead head) {
        if (Halves.pretends(exchange.request(), head, exchange.downstream().protocol())) {
            head.status(403);
        }
    }
}
