package io.weir.http.filter.way;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.filter.Passage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A filter for tests that does to a request and its response what the request's field of the filter's name says, as
 * words: {@code double} every byte, {@code append} to the end, {@code drop} every byte but the x's, {@code gather} the
 * body behind the head, {@code trickle} it, {@code late} heads, {@code trailers} at the end of responses, {@code stuck}
 * for good, {@code stuck-back} in the response, {@code reply-MOMENT}, or {@code throw-MOMENT}.
 */
record Bender(String name, Queue<String> heard, AtomicInteger held) implements HttpFilterSpec {
    static final Flow.Reply REPLY = new Flow.Reply(418, "tea".getBytes(StandardCharsets.US_ASCII), "teapot", 0);
    private static final HeaderName SUM = HeaderName.of("x-sum");

    Bender(String name) {
        this(name, new ConcurrentLinkedQueue<>(), new AtomicInteger());
    }

    @Override
    public HttpFilter open(FilterContext context) {
        return exchange -> new Step(this, exchange);
    }

    /** What becomes of a body. */
    static String bent(Set<String> words, String body) {
        var out = new StringBuilder();
        for (int i = 0; i < body.length(); i++) {
            char c = body.charAt(i);
            if (!words.contains("drop") || c == 'x') {
                out.append(words.contains("double") ? String.valueOf(c).repeat(2) : String.valueOf(c));
            }
        }
        return out + (words.contains("append") ? "!" : "");
    }

    private static final class Step implements BodyStep {
        private final Bender filter;
        private final FilterExchange exchange;
        private final HeaderName field;
        private final Side up = new Side(false);
        private final Side down = new Side(true);
        private Set<String> words = Set.of();
        private int serial;

        Step(Bender filter, FilterExchange exchange) {
            this.filter = filter;
            this.exchange = exchange;
            this.field = HeaderName.of(filter.name());
        }

        private Flow moment(String which, Flow otherwise) {
            filter.heard.add(filter.name + " " + which);
            if (words.contains("throw-" + which)) {
                throw new IllegalStateException("this filter breaks");
            }
            return words.contains("reply-" + which) ? REPLY : otherwise;
        }

        @Override
        public Flow requestHead(HttpHead request) {
            throw new IllegalStateException("steps that see bodies are asked with more");
        }

        @Override
        public Flow requestHead(HttpHead request, boolean last) {
            String value = request.value(field);
            words = value == null ? Set.of() : Set.of(value.split(" "));
            return moment("request-head", up.head(request, last));
        }

        @Override
        public Flow requestData(BodyPart part, boolean last) {
            return moment("request-data", up.data(part, last));
        }

        @Override
        public Flow requestTrailers(HttpHead trailers) {
            return moment("request-trailers", up.end());
        }

        @Override
        public Flow responseHead(HttpHead response, boolean last) {
            return moment("response-head", down.head(response, last));
        }

        @Override
        public Flow responseData(BodyPart part, boolean last) {
            return moment("response-data", down.data(part, last));
        }

        @Override
        public Flow responseEnd(HttpHead trailers) {
            return moment("response-trailers", down.end());
        }

        @Override
        public boolean gathersRequest() {
            return words.contains("gather");
        }

        @Override
        public boolean gathersResponse() {
            return words.contains("gather");
        }

        @Override
        public void requestWritable() {
            up.trickle();
        }

        @Override
        public void responseWritable() {
            down.trickle();
        }

        @Override
        public void ended(long nowNanos) {
            filter.heard.add(filter.name + " ended");
            serial++;
            up.clear();
            down.clear();
            words = Set.of();
        }

        /** One direction at this step. */
        private final class Side {
            private final boolean back;
            private final ArrayDeque<ByteBuf> mine = new ArrayDeque<>();
            private @Nullable HttpHead head;
            private boolean scheduled;

            Side(boolean back) {
                this.back = back;
            }

            private Passage passage() {
                return back ? exchange.responsePassage() : exchange.requestPassage();
            }

            Flow head(HttpHead message, boolean last) {
                if (words.contains(back ? "stuck-back" : "stuck")) {
                    filter.held.incrementAndGet();
                    return Flow.PAUSE;
                }
                if (!last && (words.contains("double") || words.contains("append") || words.contains("drop")
                        || words.contains("trailers"))) {
                    message.framing(Framing.CHUNKED, -1);
                }
                if (words.contains("gather") && !last) {
                    head = message;
                    return Flow.PAUSE;
                }
                if (words.contains("late")) {
                    later(() -> passage().resume(Step.this));
                    return Flow.PAUSE;
                }
                return Flow.NEXT;
            }

            Flow data(BodyPart part, boolean last) {
                change(part, last);
                if (last && back && words.contains("trailers")) {
                    passage().trailers(Step.this).add(SUM, "7");
                }
                if (words.contains("gather")) {
                    mine.add(part.take());
                    filter.held.incrementAndGet();
                    return last ? whole() : Flow.NEXT;
                }
                if (words.contains("trickle") && (part.data().isReadable() || !mine.isEmpty())) {
                    mine.add(part.take());
                    again();
                    return Flow.PAUSE;
                }
                if (words.contains("late")) {
                    later(() -> passage().resume(Step.this));
                    return Flow.PAUSE;
                }
                return Flow.NEXT;
            }

            private void change(BodyPart part, boolean last) {
                if (!words.contains("drop") && !words.contains("double") && !(last && words.contains("append"))) {
                    return;
                }
                String text = part.data().toString(StandardCharsets.ISO_8859_1);
                Set<String> kept = last ? words : without("append");
                var bent = exchange.worker().allocator().buffer();
                bent.writeCharSequence(bent(kept, text), StandardCharsets.ISO_8859_1);
                part.put(bent);
            }

            private Set<String> without(String word) {
                var rest = new HashSet<>(words);
                rest.remove(word);
                return rest;
            }

            private Flow whole() {
                long bytes = 0;
                for (var data : mine) {
                    bytes += data.readableBytes();
                }
                if (head != null && !words.contains("trailers")) {
                    head.framing(Framing.LENGTH, bytes);
                }
                var to = passage();
                for (var data = mine.poll(); data != null; data = mine.poll()) {
                    to.send(Step.this, data);
                }
                to.resume(Step.this);
                return Flow.NEXT;
            }

            Flow end() {
                if (words.contains("append")) {
                    var more = Unpooled.copiedBuffer("!", StandardCharsets.US_ASCII);
                    if (words.contains("gather") || !mine.isEmpty()) {
                        mine.add(more);
                    } else {
                        passage().send(Step.this, more);
                    }
                }
                if (words.contains("gather")) {
                    head = null; // behind it come trailers: its framing stays
                    return whole();
                }
                if (words.contains("trickle") && !mine.isEmpty()) {
                    return Flow.PAUSE;
                }
                return Flow.NEXT;
            }

            private void later(Runnable task) {
                int now = serial;
                exchange.worker().loop().execute(() -> {
                    if (serial == now) {
                        task.run();
                    }
                });
            }

            private void again() {
                if (!scheduled) {
                    scheduled = true;
                    later(this::trickle);
                }
            }

            void trickle() {
                scheduled = false;
                int now = serial;
                var first = mine.peek();
                if (first == null || !passage().writable(Step.this)) {
                    if (first == null) {
                        passage().resume(Step.this);
                    }
                    return; // else we are told
                }
                int size = Math.min(first.readableBytes(), 1 + exchange.worker().random().nextInt(20_000));
                var piece = first.readRetainedSlice(size);
                if (!first.isReadable()) {
                    mine.poll();
                    first.release();
                }
                boolean more = passage().send(Step.this, piece);
                if (serial != now) {
                    return;
                }
                if (mine.isEmpty()) {
                    passage().resume(Step.this);
                } else if (more) {
                    again();
                }
            }

            void clear() {
                for (var data = mine.poll(); data != null; data = mine.poll()) {
                    data.release();
                }
                head = null;
                scheduled = false;
            }
        }
    }

    /** One that looks at heads alone, and holds every request back for a while. */
    record Waiter() implements HttpFilterSpec {
        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> new FilterStep() {
                @Override
                public Flow requestHead(HttpHead request) {
                    exchange.worker().loop().execute(() -> exchange.requestPassage().resume(this));
                    return Flow.PAUSE;
                }
            };
        }
    }
}
