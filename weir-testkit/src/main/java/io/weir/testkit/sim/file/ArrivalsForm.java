package io.weir.testkit.sim.file;

import io.weir.testkit.sim.fleet.Arrivals;
import io.weir.xds.resource.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads when requests come. */
final class ArrivalsForm {
    /** Requests that one run may have. */
    static final long REQUESTS_MAX = 20_000_000L;

    private static final double RATE_MAX = 1e9;
    private static final List<String> KINDS = List.of("poisson", "steady", "closed", "bursts", "trace");
    private static final Arrivals NONE = new Arrivals.Poisson(1);

    private ArrivalsForm() {}

    static Arrivals read(@Nullable Form form, long durationNanos) {
        String kind = form == null ? null : form.mapping("arrivals", KINDS).oneOf("the way requests arrive", KINDS);
        Form part = form == null || kind == null ? null : form.part(kind);
        if (kind == null || part == null) {
            return NONE;
        }
        return switch (kind) {
            case "poisson" -> new Arrivals.Poisson(rate(part, durationNanos));
            case "steady" -> new Arrivals.Steady(rate(part, durationNanos));
            case "closed" -> {
                part.mapping("a closed loop", List.of("users", "think"));
                yield new Arrivals.Closed(part.whole("users", 1, 1_000_000, 1), ScenarioFile.ServiceTimes
                        .read(part.needed("think", "write { users: 50, think: { exponential: 100ms } }")));
            }
            case "bursts" -> {
                part.mapping("bursts", List.of("rate", "size"));
                Form rate = part.needed("rate", "write { rate: 1000, size: 20 }");
                yield new Arrivals.Bursts(rate == null ? 1 : rate(rate, durationNanos),
                        part.whole("size", 1, 1_000_000, 10));
            }
            default -> trace(part, durationNanos);
        };
    }

    private static double rate(Form form, long durationNanos) {
        double rate = form.number(1e-6, RATE_MAX, 1, false);
        bound(form, rate * durationNanos / 1e9);
        return rate;
    }

    private static void bound(Form form, double requests) {
        if (requests > REQUESTS_MAX) {
            form.problem("this makes " + Math.round(requests) + " requests, more than " + REQUESTS_MAX,
                    "lower the rate or shorten the duration");
        }
    }

    private static Arrivals trace(Form form, long durationNanos) {
        form.mapping("a trace", List.of("at", "every"));
        List<Long> moments = new ArrayList<>();
        Form at = form.needed("at", "write at: [0ms, 3ms, 10ms]");
        long last = 0;
        for (Form item : at == null ? List.<Form>of() : at.items()) {
            long moment = item.nanos(0, last);
            if (moment < last) {
                item.problem("this moment is earlier than the one before it", "write them in their order");
            }
            last = Math.max(last, moment);
            moments.add(moment);
        }
        long every = form.nanos("every", 1, 0);
        if (every > 0 && every < last) {
            form.problem("the trace begins again before it is over", "write an every of at least the last moment");
        }
        bound(form, every > 0 ? (double) moments.size() * durationNanos / every : moments.size());
        if (Problem.anyError(form.problems())) {
            return NONE;
        }
        return new Arrivals.Trace(moments, every);
    }
}
