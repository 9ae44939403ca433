package io.weir.filters.grpcstats;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Histogram;
import io.weir.filters.grpc.CallNumbers;
import io.weir.filters.grpc.Calls;
import io.weir.filters.grpc.MessageScan;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.Flow;
import io.weir.http.grpc.words.GrpcStatus;
import io.weir.http.grpc.words.GrpcWords;
import io.weir.net.transport.Worker;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls of one connection. A call counts when its status comes, in trailers or in a head that is the whole
 * answer; one that ends without a status is counted among the cluster's requests only, as in Envoy.
 */
final class GrpcStatsStep implements BodyStep {
    private static final long MILLI_NANOS = 1_000_000;

    private final Calls<Numbers>.Finder finder;
    private final Worker worker;
    private final MessageScan requests = new MessageScan();
    private final MessageScan responses = new MessageScan();
    private @Nullable Numbers numbers;
    private long sentNanos;

    /** What a method counts. */
    static final class Numbers {
        private final CallNumbers calls;
        private final Counter requestMessages;
        private final Counter responseMessages;
        private final @Nullable Histogram time;

        Numbers(CallNumbers calls, boolean timed) {
            this.calls = calls;
            this.requestMessages = calls.counter("request_message_count");
            this.responseMessages = calls.counter("response_message_count");
            this.time = timed ? calls.histogram("upstream_rq_time") : null;
        }
    }

    GrpcStatsStep(Calls<Numbers>.Finder finder, Worker worker) {
        this.finder = finder;
        this.worker = worker;
    }

    @Override
    public Flow requestHead(HttpHead request) {
        numbers = GrpcWords.is(request) ? finder.of(request) : null;
        requests.clear();
        responses.clear();
        sentNanos = worker.nowNanos();
        return Flow.NEXT;
    }

    @Override
    public Flow requestData(BodyPart part, boolean last) {
        var of = numbers;
        if (of != null) {
            of.requestMessages.add(requests.pass(part.data()));
            sentNanos = worker.nowNanos();
        }
        return Flow.NEXT;
    }

    @Override
    public Flow responseHead(HttpHead response, boolean last) {
        if (last) {
            ended(response);
        }
        return Flow.NEXT;
    }

    @Override
    public Flow responseData(BodyPart part, boolean last) {
        var of = numbers;
        if (of != null) {
            of.responseMessages.add(responses.pass(part.data()));
        }
        return Flow.NEXT;
    }

    @Override
    public Flow responseEnd(HttpHead trailers) {
        ended(trailers);
        return Flow.NEXT;
    }

    private void ended(HttpHead fields) {
        var of = numbers;
        if (of == null || !fields.has(GrpcStatus.FIELD)) {
            return;
        }
        of.calls.ended(GrpcStatus.in(fields));
        if (of.time != null) {
            of.time.record(Math.max(0, worker.nowNanos() - sentNanos) / MILLI_NANOS);
        }
        numbers = null;
    }
}
