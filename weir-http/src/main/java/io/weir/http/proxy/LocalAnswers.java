package io.weir.http.proxy;

import io.netty.buffer.Unpooled;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.net.transport.Worker;
import java.nio.charset.StandardCharsets;

/**
 * What Weir itself answers in an exchange: its form, its head, its body. Serves one exchange after another; belongs to
 * one worker.
 */
final class LocalAnswers {
    private static final byte[] NO_BYTES = {};

    private final Exchange exchange;
    private final ProxyContext context;
    private final Worker worker;

    LocalAnswers(Exchange exchange, ProxyContext context, Worker worker) {
        this.exchange = exchange;
        this.context = context;
        this.worker = worker;
    }

    void refuse(FirstLook.Refusal refusal) {
        exchange.response().note(refusal.details(), refusal.flags());
        var head = head(refusal.status());
        if (refusal.allow() != null) {
            head.add(FirstLook.ALLOW, refusal.allow());
        }
        send(head, NO_BYTES);
    }

    void redirect(int code, String location, String why) {
        exchange.response().note(why, 0);
        var head = head(code);
        head.add(HeaderName.LOCATION, location);
        send(head, NO_BYTES);
    }

    void reply(int code, String body, String why, long responseFlags) {
        send(code, body.isEmpty() ? NO_BYTES : body.getBytes(StandardCharsets.UTF_8), why, responseFlags);
    }

    /** The body is not written to. */
    void send(int code, byte[] body, String why, long responseFlags) {
        exchange.response().note(why, responseFlags);
        var head = head(code);
        exchange.headerPolicy().overload(head, exchange.flags());
        send(head, body);
    }

    private HttpHead head(int code) {
        var head = Heads.of(worker).take();
        head.status(code);
        return head;
    }

    private void send(HttpHead head, byte[] ownBody) {
        exchange.answers(head);
        byte[] text = context.spec().localReplies().rewrite(head, ownBody, exchange.record());
        byte[] body = HeaderPolicy.localBody(head, exchange.request(), text);
        exchange.headerPolicy().local(head, exchange.request());
        var chosen = exchange.route();
        if (chosen != null) {
            chosen.responseEdits().apply(head, exchange.record());
        }
        if (Response.bodyless(head, exchange.request())) {
            if (head.status() != 204 && head.status() != 304) {
                head.add(HeaderName.CONTENT_LENGTH, body.length);
            }
            head.framing(Framing.NONE, -1);
            exchange.answer(head, Unpooled.EMPTY_BUFFER);
        } else {
            head.framing(Framing.LENGTH, body.length);
            exchange.answer(head, body.length == 0 ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        }
    }
}
