package io.weir.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.weir.core.model.Host;
import io.weir.core.admit.AdaptiveConcurrency;
import io.weir.core.admit.AdmissionControl;
import io.weir.core.admit.Carryover;
import io.weir.core.admit.TokenBucket;
import io.weir.core.cluster.Clusters;
import io.weir.core.hash.HashKey;
import io.weir.core.stats.Stats;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.overload.AdmissionSpec;
import io.weir.http.overload.ConcurrencySpec;
import io.weir.http.ratelimit.DescriptorAction;
import io.weir.http.ratelimit.DescriptorRule;
import io.weir.http.ratelimit.DescriptorRules.VirtualHostUse;
import io.weir.http.ratelimit.LimitSpec;
import io.weir.http.ratelimit.LocalRateLimitSpec;
import io.weir.http.route.FormatSource;
import io.weir.http.route.match.HeadField;
import io.weir.http.sticky.SessionState;
import io.weir.http.sticky.StatefulSessionSpec;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.Route;
import io.weir.http.route.match.RouteMatch.Share;
import io.weir.http.route.Target;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Filters that limit allocate nothing once their connection has been served, whether they pass a request or not. */
class AllocationTest {
    private static final int ROUNDS = 5_000;

    @SuppressWarnings("ArrayRecordComponent") // not compared
    private record Loopback(byte[] bytes) implements ClientIp {
        Loopback() {
            this("127.0.0.1".getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public int start() {
            return 0;
        }

        @Override
        public int end() {
            return bytes.length;
        }
    }

    /** An exchange that a host answered with 200. */
    private record Answered(Worker worker, ConnectionMemory connection, ClientIp clientIp, @Nullable Target target)
            implements
                FilterExchange {
        @Override
        public @Nullable Route route() {
            return null;
        }

        @Override
        public FormatSource formats() {
            throw new IllegalStateException("nothing here has formats");
        }

        @Override
        public long startNanos() {
            return worker.nowNanos();
        }

        @Override
        public int status() {
            return 200;
        }

        @Override
        public boolean fromHost() {
            return true;
        }

        @Override
        public boolean complete() {
            return true;
        }

        @Override
        public long flags() {
            return 0;
        }

        @Override
        public @Nullable Host host() {
            return null;
        }

        @Override
        public Passage requestPassage() {
            throw new IllegalStateException("nothing here holds anything up");
        }

        @Override
        public Passage responsePassage() {
            throw new IllegalStateException("nothing here holds anything up");
        }

        @Override
        public void answer(Flow.Reply reply) {
            throw new IllegalStateException("nothing here answers later");
        }

        @Override
        public void flag(long bits) {
            throw new IllegalStateException("nothing here is flagged");
        }

        @Override
        public DynamicMetadata metadata() {
            throw new IllegalStateException("nothing here has anything to say");
        }

        @Override
        public io.weir.core.value.FilterState state() {
            throw new IllegalStateException("nothing here leaves anything");
        }

        @Override
        public void reroute() {
            throw new IllegalStateException("nobody asks for it");
        }

        @Override
        public void bind(String address, boolean only) {
            if (!address.equals("127.0.0.1:1")) {
                throw new IllegalStateException("nobody asked for " + address);
            }
        }
    }

    private static void holds(HttpFilterSpec spec) throws Exception {
        try (var workers = Workers.start(1)) {
            var worker = workers.all().getFirst();
            Callable<Long> measure = () -> {
                var filter = spec.open(new FilterContext(new Stats(), "p", new Clusters(), new Carryover(),
                        worker.nowNanos()));
                var step = filter.step(new Answered(worker, new ConnectionMemory(), new Loopback(), Target.of("c")));
                var request = new HttpHead();
                request.add(HeaderName.of("x-user"), "ann");
                request.add(HeaderName.COOKIE, "a=b; s=\"MTI3LjAuMC4xOjE=\"");
                var response = new HttpHead();
                var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                long least = Long.MAX_VALUE;
                for (int i = 0; i < 30; i++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int j = 0; j < ROUNDS; j++) {
                        step.requestHead(request);
                        response.clear();
                        step.responseHead(response);
                        step.ended(worker.nowNanos());
                    }
                    least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                }
                return least;
            };
            // a counter's first contention or a second's slot may fall into one of the spans, never into all of them
            assertThat(worker.loop().submit(measure).get()).as("bytes in " + ROUNDS + " requests").isLessThan(ROUNDS);
        }
    }

    private static LocalRateLimitSpec limit(TokenBucket.Rule bucket) {
        var rule = new DescriptorRule(0,
                List.of(new DescriptorAction.RequestHeader(HeadField.of("x-user"), "user", false),
                        new DescriptorAction.RemoteAddress(), new DescriptorAction.MaskedRemoteAddress(8, 64),
                        new DescriptorAction.DestinationCluster()));
        var limit = new LimitSpec(
                List.of(new LimitSpec.Entry("user", "ann"), new LimitSpec.Entry("remote_address", "127.0.0.1"),
                        new LimitSpec.Entry("masked_remote_address", "127.0.0.0/8"),
                        new LimitSpec.Entry("destination_cluster", "c")),
                bucket);
        var each = new LimitSpec(List.of(new LimitSpec.Entry("user", "")), bucket);
        var user = new DescriptorRule(0,
                List.of(new DescriptorAction.RequestHeader(HeadField.of("x-user"), "user", false)));
        return new LocalRateLimitSpec("s", bucket, Share.ALL, Share.ALL, 429, HeaderEdits.NONE, HeaderEdits.NONE,
                List.of(limit, each), true, false, true, List.of(rule, user), VirtualHostUse.OVERRIDE, 0);
    }

    @Test
    void aRateLimitThatPassesAllocatesNothing() throws Exception {
        holds(limit(new TokenBucket.Rule(1L << 31, 1L << 31, 1_000_000_000)));
    }

    @Test
    void aRateLimitThatRefusesAllocatesNothing() throws Exception {
        holds(limit(new TokenBucket.Rule(1, 1, Long.MAX_VALUE)));
    }

    @Test
    void admissionControlAllocatesNothing() throws Exception {
        holds(new AdmissionSpec(true, AdmissionControl.Rule.DEFAULT, List.of(new AdmissionSpec.Statuses(100, 500)),
                AdmissionSpec.GRPC_SUCCESSES));
    }

    /** A client brings the same cookie again and again. */
    @Test
    void aSessionThatGoesOnAllocatesNothing() throws Exception {
        var cookie = new SessionState.InCookie("s", new HashKey.MadeCookie(0, "/", List.of()));
        holds(new StatefulSessionSpec(cookie, false, "sessions"));
    }

    @Test
    void adaptiveConcurrencyAllocatesNothing() throws Exception {
        holds(new ConcurrencySpec(true, AdaptiveConcurrency.Rule.DEFAULT, 503));
    }
}
