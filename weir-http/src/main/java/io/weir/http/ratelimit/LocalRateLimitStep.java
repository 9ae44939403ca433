package io.weir.http.ratelimit;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.grpc.words.GrpcStatus;
import io.weir.http.route.Forward;
import io.weir.observe.log.ResponseFlag;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A local rate limit at one connection. */
final class LocalRateLimitStep implements FilterStep {
    private static final String DETAILS = "local_rate_limited";
    private static final byte[] BODY = DETAILS.getBytes(StandardCharsets.ISO_8859_1);
    private static final HeaderName LIMIT = HeaderName.of("x-ratelimit-limit");
    private static final HeaderName REMAINING = HeaderName.of("x-ratelimit-remaining");
    private static final HeaderName RESET = HeaderName.of("x-ratelimit-reset");
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final LocalRateLimitSpec spec;
    private final LimitBuckets buckets;
    private final RateLimitNumbers numbers;
    private final FilterExchange exchange;
    private final Flow.Reply reply;
    private final RequestView view;
    private final LimitBuckets.Outcome outcome = new LimitBuckets.Outcome();
    private final ArrayList<Descriptor> descriptors = new ArrayList<>(0);
    private int count;
    private boolean refused;

    LocalRateLimitStep(LocalRateLimitSpec spec, LimitBuckets buckets, RateLimitNumbers numbers,
            FilterExchange exchange) {
        this.spec = spec;
        this.buckets = buckets;
        this.numbers = numbers;
        this.exchange = exchange;
        this.reply = new Flow.Reply(spec.status(), BODY, DETAILS, ResponseFlag.RL.bit());
        this.view = new RequestView(exchange);
    }

    @Override
    public Flow requestHead(HttpHead request) {
        refused = false;
        outcome.bucket = null;
        var random = exchange.worker().random();
        if (!spec.enabled().takes(random.nextLong())) {
            return Flow.NEXT;
        }
        numbers.enabled().increment();
        count = 0;
        if (buckets.asksForDescriptors()) {
            describe(request);
        }
        buckets.take(descriptors, count, spec.bucketAlways(), outcome, exchange.startNanos());
        if (outcome.passes) {
            numbers.ok().increment();
            return Flow.NEXT;
        }
        numbers.limited().increment();
        if (!spec.enforced().takes(random.nextLong())) {
            spec.requestEdits().apply(request, exchange.formats());
            return Flow.NEXT;
        }
        numbers.enforced().increment();
        refused = true;
        return reply;
    }

    private void describe(HttpHead request) {
        view.of(request);
        if (!spec.rules().isEmpty()) {
            describe(spec.rules(), false);
            return;
        }
        var route = exchange.route();
        if (route != null && route.action() instanceof Forward) {
            var descriptorRules = route.note(DescriptorRules.class);
            if (descriptorRules != null) {
                describe(descriptorRules.own(), true);
                describe(descriptorRules.outer(spec.virtualHostUse()), true);
            }
        }
    }

    private void describe(List<DescriptorRule> rules, boolean staged) {
        for (int i = 0; i < rules.size(); i++) {
            var rule = rules.get(i);
            if (staged && rule.stage() != spec.stage()) {
                continue;
            }
            if (count == descriptors.size()) {
                descriptors.add(new Descriptor());
            }
            if (rule.make(descriptors.get(count), view)) {
                count++;
            }
        }
    }

    @Override
    public void responseHead(HttpHead response) {
        var bucket = outcome.bucket;
        if (refused && spec.grpcExhausted() && response.has(GrpcStatus.FIELD)) {
            response.remove(GrpcStatus.FIELD);
            response.add(GrpcStatus.FIELD, GrpcStatus.RESOURCE_EXHAUSTED.number());
        }
        if (refused && !spec.responseEdits().isEmpty()) {
            spec.responseEdits().apply(response, exchange.formats());
        }
        if (spec.quotaFields() && bucket != null) {
            long now = exchange.worker().nowNanos();
            response.add(LIMIT, bucket.tokensMax());
            response.add(REMAINING, bucket.tokens(now));
            response.add(RESET, (bucket.waitNanos(now) + SECOND_NANOS - 1) / SECOND_NANOS);
        }
    }
}
