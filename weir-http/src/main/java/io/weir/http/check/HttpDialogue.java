package io.weir.http.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.Http1BodyReader;
import io.weir.http.codec.Http1HeadReader;
import io.weir.http.codec.HttpHead;
import io.weir.net.check.Dialogue;
import io.weir.net.tls.Offer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One request after the other to one host. The response is read to its end before it counts, as it would else be in the
 * way of the next one. Belongs to one worker.
 */
final class HttpDialogue implements Dialogue {
    private final HttpCheck check;
    private final byte[] request;
    private final Http1HeadReader heads = Http1HeadReader.responses(HeadLimits.DEFAULT);
    private final HttpHead head = new HttpHead();
    private final Http1BodyReader bodies = new Http1BodyReader(HeadLimits.DEFAULT);
    private ByteBuf body = Unpooled.buffer(0);
    private boolean inBody;
    private boolean whole;
    private boolean begun;

    HttpDialogue(HttpCheck check, String request) {
        this.check = check;
        this.request = request.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public Offer offer() {
        return Offer.HTTP1;
    }

    @Override
    public @Nullable CheckResult begin(boolean fresh, ByteBuf out) {
        head.clear();
        heads.reset();
        body = Unpooled.buffer(0);
        inBody = false;
        whole = false;
        begun = false;
        out.writeBytes(request);
        return null;
    }

    @Override
    public @Nullable CheckResult hears(ByteBuf in, ByteBuf out) {
        begun = true;
        while (!inBody) {
            switch (heads.read(in, head, check.method().equals("HEAD"), false)) {
                case INCOMPLETE -> {
                    return null;
                }
                case REJECTED -> {
                    return Failed.of(Failure.NETWORK, "not an HTTP/1.1 response: " + heads.reject().details());
                }
                case COMPLETE -> {
                    if (head.status() >= 200) {
                        inBody = true;
                        bodies.start(head.framing(), head.contentLength());
                    } else {
                        head.clear();
                        heads.reset();
                    }
                }
            }
        }
        read(in);
        if (bodies.failed()) {
            return Failed.of(Failure.NETWORK, "not an HTTP/1.1 response: " + bodies.reject().details());
        }
        if (!bodies.done()) {
            return null;
        }
        whole = !in.isReadable();
        return result();
    }

    private void read(ByteBuf in) {
        for (ByteBuf data = bodies.read(in); data != null; data = bodies.read(in)) {
            try {
                body.writeBytes(data, check.kept(body.readableBytes(), data.readableBytes()));
            } finally {
                data.release();
            }
        }
    }

    @Override
    public CheckResult closed() {
        if (inBody) {
            bodies.closed();
            if (bodies.done()) {
                return result();
            }
        }
        return Failed.of(Failure.NETWORK, begun
                ? "it closed the connection before the response was whole"
                : "it closed the connection");
    }

    @Override
    public boolean reusable() {
        return whole && head.persistent();
    }

    private CheckResult result() {
        return check.judged(head, body);
    }
}
