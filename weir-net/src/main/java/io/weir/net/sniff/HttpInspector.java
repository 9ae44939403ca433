package io.weir.net.sniff;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Stats;
import io.weir.net.transport.Worker;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a client that does not speak TLS speaks HTTP, by its request's first line (RFC 9112 section 3) or
 * the preface of HTTP/2 (RFC 9113 section 3.4).
 */
public final class HttpInspector implements Inspector {
    /** Bound of the line, as in Envoy. */
    static final int LINE_BYTES_MAX = 8 * 1024;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String VERSION = "HTTP/1.";

    private final Counter http10;
    private final Counter http11;
    private final Counter http2;
    private final Counter other;

    public HttpInspector(Stats stats) {
        var scope = stats.root().child("http_inspector");
        http10 = scope.counter("http10_found");
        http11 = scope.counter("http11_found");
        http2 = scope.counter("http2_found");
        other = scope.counter("http_not_found");
    }

    @Override
    public String name() {
        return "http_inspector";
    }

    @Override
    public @Nullable Look begin(Worker worker, Channel channel, Greeting greeting) {
        return !greeting.transportProtocol().isEmpty() ? null : new Line(greeting);
    }

    /** The first line of one connection. Every byte is looked at once. */
    private final class Line implements Look {
        private final Greeting greeting;
        /** How much is known not to end the line, and to begin a method. */
        private int seen;
        private boolean method = true;

        Line(Greeting greeting) {
            this.greeting = greeting;
        }

        @Override
        public Answer look(ByteBuf bytes) {
            int start = bytes.readerIndex();
            int have = bytes.readableBytes();
            int same = 0;
            while (same < Math.min(have, PREFACE.length) && bytes.getByte(start + same) == PREFACE[same]) {
                same++;
            }
            if (same == PREFACE.length) {
                return found(http2, "h2c");
            }
            if (same == have) {
                return Answer.MORE;
            }
            for (; seen < Math.min(have, LINE_BYTES_MAX); seen++) {
                byte next = bytes.getByte(start + seen);
                if (next == '\n') {
                    return line(bytes.toString(start, seen, StandardCharsets.ISO_8859_1).stripTrailing());
                }
                if (method && next == ' ' && seen > 0) {
                    method = false;
                } else if (method && !isTokenCharacter(next)) {
                    return nothing();
                }
            }
            return seen == LINE_BYTES_MAX ? nothing() : Answer.MORE;
        }

        private Answer line(String line) {
            int space = line.lastIndexOf(' ');
            boolean http = space > line.indexOf(' ') && line.startsWith(VERSION, space + 1)
                    && line.length() == space + 1 + VERSION.length() + 1;
            return switch (http ? line.charAt(line.length() - 1) : ' ') {
                case '0' -> found(http10, "http/1.0");
                case '1' -> found(http11, "http/1.1");
                default -> nothing();
            };
        }

        private Answer found(Counter counter, String protocol) {
            counter.increment();
            greeting.speaks(protocol);
            return Answer.DONE;
        }

        private Answer nothing() {
            other.increment();
            return Answer.DONE;
        }

        /** RFC 9110 section 5.6.2. */
        private static boolean isTokenCharacter(byte next) {
            return (next >= '0' && next <= '9') || (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z')
                    || "!#$%&'*+-.^_`|~".indexOf(next) >= 0;
        }
    }
}
