package io.weir.http.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.http.codec.HttpHead;
import io.weir.http.h2.Http2Calls;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The same requests as {@link HttpDialogue}'s over HTTP/2, one after the other. Belongs to one worker. */
final class Http2Dialogue extends TalkDialogue {
    /** What is about a connection of HTTP/1.1 has no place in HTTP/2 (RFC 9113 section 8.2.2). */
    private static final Set<String> LEFT_OUT = Set.of("host", "connection", "keep-alive", "proxy-connection",
            "transfer-encoding", "upgrade", "te");

    private final HttpCheck check;
    private final Http2Calls.Call call;
    private final Http2Calls calls;

    Http2Dialogue(HttpCheck check, Http2Calls.Call call) {
        this(check, call, new Http2Calls());
    }

    private Http2Dialogue(HttpCheck check, Http2Calls.Call call, Http2Calls calls) {
        super(calls);
        this.check = check;
        this.call = call;
        this.calls = calls;
    }

    /** The request of these fields, among which {@code host} is its authority. */
    static Http2Calls.Call call(HttpCheck check, List<HttpCheck.Field> fields) {
        List<Http2Calls.Field> head = new ArrayList<>(List.of(new Http2Calls.Field(":method", check.method()),
                new Http2Calls.Field(":scheme", "http"), new Http2Calls.Field(":path", check.path())));
        fields.stream().filter(field -> lower(field).equals("host")).findFirst()
                .ifPresent(host -> head.add(new Http2Calls.Field(":authority", host.value())));
        fields.stream().filter(field -> !LEFT_OUT.contains(lower(field)))
                .forEach(field -> head.add(new Http2Calls.Field(lower(field), field.value())));
        return new Http2Calls.Call(head, check.body().getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String lower(HttpCheck.Field field) {
        return field.name().toLowerCase(Locale.ROOT);
    }

    /** What one request comes to. */
    private final class Hearer implements Http2Calls.Answer {
        private final ByteBuf body = Unpooled.buffer(0);
        private HttpHead head = new HttpHead();

        @Override
        public void head(HttpHead read) {
            head = read;
        }

        @Override
        public void data(ByteBuf data) {
            body.writeBytes(data, check.kept(body.readableBytes(), data.readableBytes()));
        }

        @Override
        public void ended(@Nullable HttpHead trailers) {
            comesTo(check.judged(head, body));
        }

        @Override
        public void broken(String how) {
            comesTo(Failed.of(Failure.NETWORK, how));
        }
    }

    @Override
    void ask(boolean fresh, ByteBuf out) {
        calls.begin(fresh, call, new Hearer(), out);
    }
}
