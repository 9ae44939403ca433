package io.weir.filters.jsonmeta;

import io.netty.buffer.ByteBuf;
import io.weir.filters.held.HeldPieces;
import io.weir.filters.jsonmeta.JsonToMetadataSpec.Numbers;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.Flow;
import io.weir.http.filter.Passage;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The filter at one connection: a body that it reads is held until it has come whole, with its head, so that who is
 * behind knows what it says.
 */
final class JsonToMetadataStep implements BodyStep {
    /** Longer bodies pass as they come, as if they were no JSON. */
    private static final int BODY_BYTES_MAX = 1024 * 1024;

    private final FilterExchange exchange;
    private final Side up;
    private final Side down;

    JsonToMetadataStep(JsonToMetadataSpec spec, Numbers up, Numbers down, FilterExchange exchange) {
        this.exchange = exchange;
        this.up = new Side(spec.request(), up, false);
        this.down = new Side(spec.response(), down, true);
    }

    /** One direction, from one exchange to the next. */
    private final class Side {
        private final @Nullable JsonRules rules;
        private final Numbers numbers;
        private final boolean back;
        private final HeldPieces held = new HeldPieces();
        private boolean holds;

        Side(@Nullable JsonRules rules, Numbers numbers, boolean back) {
            this.rules = rules;
            this.numbers = numbers;
            this.back = back;
        }

        Flow head(HttpHead head, boolean last) {
            var mine = rules;
            if (mine == null) {
                return Flow.NEXT;
            }
            if (!mine.reads(head.value(HeaderName.CONTENT_TYPE))) {
                numbers.otherType().increment();
                return Flow.NEXT;
            }
            if (last || head.framing() == Framing.NONE) {
                numbers.noBody().increment();
                new JsonValues(exchange.metadata()).missing(mine);
                return Flow.NEXT;
            }
            holds = true;
            return Flow.PAUSE;
        }

        Flow data(BodyPart part, boolean last) {
            if (!holds) {
                return Flow.NEXT;
            }
            if (part.data().isReadable()) {
                held.add(part.take(), exchange.worker().allocator());
            }
            if (last || held.bytes() > BODY_BYTES_MAX) {
                goesOn();
            }
            return Flow.NEXT;
        }

        Flow end() {
            if (holds) {
                goesOn();
            }
            return Flow.NEXT;
        }

        /** What has come is all, or too much. */
        private void goesOn() {
            holds = false;
            var mine = rules;
            if (mine != null) {
                read(mine, new JsonValues(exchange.metadata()));
            }
            Passage passage = back ? exchange.responsePassage() : exchange.requestPassage();
            var pieces = new ArrayList<ByteBuf>();
            for (var piece = held.poll(); piece != null; piece = held.poll()) {
                pieces.add(piece); // from here on they are the passage's, and the exchange may end with the first
            }
            for (var piece : pieces) {
                passage.send(JsonToMetadataStep.this, piece);
            }
            passage.resume(JsonToMetadataStep.this);
        }

        private void read(JsonRules mine, JsonValues values) {
            if (held.bytes() > BODY_BYTES_MAX) {
                numbers.invalid().increment();
                values.error(mine);
            } else if (held.isEmpty()) {
                numbers.noBody().increment();
                values.missing(mine);
            } else if (values.write(mine, held.copy())) {
                numbers.success().increment();
            } else {
                numbers.invalid().increment();
            }
        }

        void clear() {
            held.clear();
            holds = false;
        }
    }

    @Override
    public Flow requestHead(HttpHead request) {
        return requestHead(request, false);
    }

    @Override
    public Flow requestHead(HttpHead request, boolean last) {
        return up.head(request, last);
    }

    @Override
    public Flow requestData(BodyPart part, boolean last) {
        return up.data(part, last);
    }

    @Override
    public Flow requestTrailers(HttpHead trailers) {
        return up.end();
    }

    @Override
    public boolean gathersRequest() {
        return up.holds;
    }

    @Override
    public Flow responseHead(HttpHead response, boolean last) {
        return down.head(response, last);
    }

    @Override
    public Flow responseData(BodyPart part, boolean last) {
        return down.data(part, last);
    }

    @Override
    public Flow responseEnd(HttpHead trailers) {
        return down.end();
    }

    @Override
    public boolean gathersResponse() {
        return down.holds;
    }

    @Override
    public long heldBytes() {
        return (long) up.held.readableBytes() + down.held.readableBytes();
    }

    @Override
    public void ended(long nowNanos) {
        up.clear();
        down.clear();
    }
}
