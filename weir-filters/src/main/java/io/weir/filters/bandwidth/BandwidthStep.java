package io.weir.filters.bandwidth;

import io.weir.filters.pace.ByteRate;
import io.weir.filters.pace.Pacing;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.Flow;

/** The bandwidth limit at one connection. Heads pass at once, and so do messages without a body. */
final class BandwidthStep implements BodyStep {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final BandwidthSpec spec;
    private final ByteRate rate;
    private final FilterExchange exchange;
    private final Direction up;
    private final Direction down;

    BandwidthStep(BandwidthSpec spec, ByteRate rate, DirectionNumbers upNumbers, DirectionNumbers downNumbers,
            FilterExchange exchange) {
        this.spec = spec;
        this.rate = rate;
        this.exchange = exchange;
        this.up = new Direction(upNumbers, false);
        this.down = new Direction(downNumbers, true);
    }

    /** One body after another, and what is counted of it. */
    private final class Direction implements Pacing.Watcher {
        private final DirectionNumbers numbers;
        private final Pacing pacing;
        private final boolean response;
        private boolean begun;
        private boolean enforced;
        /** The end waits behind the data. */
        private boolean ends;
        private long sinceNanos;
        private long tookNanos;
        private long waitedNanos;

        Direction(DirectionNumbers numbers, boolean response) {
            this.numbers = numbers;
            this.response = response;
            this.pacing = new Pacing(BandwidthStep.this, exchange, response, this);
        }

        void begin() {
            numbers.enabled().increment();
            pacing.begin(rate);
        }

        Flow data(BodyPart part, boolean last) {
            if (!begun) {
                begun = true;
                sinceNanos = exchange.worker().nowNanos();
                numbers.pending().increment();
            }
            ends = last;
            var flow = pacing.data(part);
            if (last && flow instanceof Flow.Next) {
                end();
                if (response && tells()) {
                    tell(exchange.responsePassage().trailers(BandwidthStep.this));
                }
            }
            return flow;
        }

        Flow trailers(HttpHead trailers) {
            ends = true;
            var flow = pacing.end();
            if (flow instanceof Flow.Next) {
                end();
                if (response) {
                    tell(trailers);
                }
            }
            return flow;
        }

        @Override
        public void came(int bytes) {
            numbers.incomingSize().set(bytes);
            numbers.incomingTotal().add(bytes);
        }

        @Override
        public void went(int bytes) {
            numbers.allowedSize().set(bytes);
            numbers.allowedTotal().add(bytes);
        }

        @Override
        public void waits() {
            if (!enforced) {
                enforced = true;
                numbers.enforced().increment();
            }
        }

        @Override
        public void drained() {
            if (ends) {
                end();
                if (response && tells()) {
                    tell(exchange.responsePassage().trailers(BandwidthStep.this));
                }
            }
        }

        private void end() {
            if (begun) {
                begun = false;
                tookNanos = exchange.worker().nowNanos() - sinceNanos;
                waitedNanos = pacing.waitedNanos();
                numbers.pending().decrement();
                numbers.durationMillis().record(tookNanos / NANOS_PER_MILLI);
            }
        }

        void ended() {
            if (begun) {
                begun = false;
                numbers.pending().decrement();
            }
            pacing.ended();
            enforced = false;
            ends = false;
            tookNanos = 0;
            waitedNanos = 0;
        }
    }

    @Override
    public Flow requestHead(HttpHead request) {
        return requestHead(request, false);
    }

    @Override
    public Flow requestHead(HttpHead request, boolean last) {
        if (spec.requests()) {
            up.begin();
        }
        return Flow.NEXT;
    }

    @Override
    public Flow requestData(BodyPart part, boolean last) {
        return spec.requests() ? up.data(part, last) : Flow.NEXT;
    }

    @Override
    public Flow requestTrailers(HttpHead trailers) {
        return spec.requests() ? up.trailers(trailers) : Flow.NEXT;
    }

    @Override
    public Flow responseHead(HttpHead response, boolean last) {
        if (spec.responses()) {
            down.begin();
        }
        return Flow.NEXT;
    }

    @Override
    public Flow responseData(BodyPart part, boolean last) {
        return spec.responses() ? down.data(part, last) : Flow.NEXT;
    }

    @Override
    public Flow responseEnd(HttpHead trailers) {
        return spec.responses() ? down.trailers(trailers) : Flow.NEXT;
    }

    /** Whether trailers have something to say: an end that waits for nobody stays without them. */
    private boolean tells() {
        return spec.trailers() != null && Math.max(up.tookNanos, down.tookNanos) >= NANOS_PER_MILLI;
    }

    /** Each that is at least a millisecond, as in Envoy. */
    private void tell(HttpHead trailers) {
        var names = spec.trailers();
        if (names != null) {
            tell(trailers, names.request(), up.tookNanos);
            tell(trailers, names.requestFilter(), up.waitedNanos);
            tell(trailers, names.response(), down.tookNanos);
            tell(trailers, names.responseFilter(), down.waitedNanos);
        }
    }

    private static void tell(HttpHead trailers, HeaderName name, long nanos) {
        long millis = nanos / NANOS_PER_MILLI;
        if (millis > 0) {
            trailers.set(name, Long.toString(millis));
        }
    }

    @Override
    public long heldBytes() {
        return up.pacing.heldBytes() + down.pacing.heldBytes();
    }

    @Override
    public void ended(long nowNanos) {
        up.ended();
        down.ended();
    }
}
