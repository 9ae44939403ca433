package io.weir.http.config;

import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.weir.http.route.RetryOn;
import io.weir.http.route.RetrySpec;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Reads which failures are tried again. */
final class RetryReader {
    /** Words of Envoy's that need what Weir does not have yet, so that they never apply. */
    private static final Set<String> NEVER = Set.of("http3-post-connect-failure");
    private static final String PREVIOUS_HOSTS = "previous_hosts";

    private RetryReader() {}

    /**
     * The policy. One that names no condition keeps the built-in ones, so that {@code num_retries} alone says how
     * often.
     */
    static RetrySpec retry(RetryPolicy message, ReadContext context) {
        int conditions = message.getRetryOn().isBlank()
                ? RetrySpec.builtIn().conditions()
                : RetrySpec.bits(conditions(message.getRetryOn(), context));
        int retries = message.hasNumRetries() ? Plain.limit(message.getNumRetries().getValue()) : 1;
        long base = RetrySpec.BACK_OFF_BASE_NANOS;
        long max = RetrySpec.BACK_OFF_MAX_NANOS;
        if (message.hasRetryBackOff()) {
            var backOff = message.getRetryBackOff();
            base = Plain.nanos(backOff.getBaseInterval());
            max = backOff.hasMaxInterval() ? Plain.nanos(backOff.getMaxInterval()) : base * 10;
            if (max < base) {
                context.problem("retry_back_off.max_interval", max / 1_000_000 + "ms",
                        "the longest pause is shorter than the first", "make it at least base_interval");
            }
        }
        int[] codes = message.getRetriableStatusCodesList().stream().mapToInt(Integer::intValue).sorted().toArray();
        if (Arrays.stream(codes).anyMatch(code -> code < 100 || code > 599)) {
            context.problem("retriable_status_codes", Arrays.toString(codes), "not a status code",
                    "use numbers from 100 to 599");
        }
        predicates(message, context);
        return new RetrySpec(conditions, retries, Plain.nanos(message.getPerTryTimeout()),
                Plain.nanos(message.getPerTryIdleTimeout()), base, max, codes,
                MatchReader.headers("retriable_headers", message.getRetriableHeadersList(), context),
                MatchReader.headers("retriable_request_headers", message.getRetriableRequestHeadersList(), context));
    }

    private static Set<RetryOn> conditions(String words, ReadContext context) {
        var conditions = EnumSet.noneOf(RetryOn.class);
        for (String part : words.split(",", -1)) {
            String word = part.strip();
            if (NEVER.contains(word)) {
                context.warning("retry_on", word, "Weir does not retry on this yet", "remove it");
                continue;
            }
            var known = Arrays.stream(RetryOn.values()).filter(condition -> condition.word().equals(word)).findAny();
            known.ifPresentOrElse(conditions::add, () -> context.problem("retry_on", word, "not a retry condition",
                    "use " + String.join(", ", Arrays.stream(RetryOn.values()).map(RetryOn::word).toList())));
        }
        return conditions;
    }

    /** Weir always avoids the hosts already tried, while there are others; so that predicate is nothing to do. */
    private static void predicates(RetryPolicy message, ReadContext context) {
        List<RetryPolicy.RetryHostPredicate> predicates = message.getRetryHostPredicateList();
        for (int i = 0; i < predicates.size(); i++) {
            String name = predicates.get(i).getName();
            if (!name.endsWith(PREVIOUS_HOSTS)) {
                context.problem("retry_host_predicate[" + i + "]", name, "Weir knows no such predicate",
                        "remove it; hosts already tried are avoided without it");
            }
        }
    }
}
