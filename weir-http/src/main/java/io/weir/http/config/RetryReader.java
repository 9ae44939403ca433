package io.weir.http.config;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.weir.core.model.Criteria;
import io.weir.core.time.ExponentialBackOff;
import io.weir.http.config.tree.PackedReader;
import io.weir.http.route.ResetBackOff;
import io.weir.http.route.RetryHosts;
import io.weir.http.route.RetryOn;
import io.weir.http.route.RetrySpec;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads which failures are tried again. */
final class RetryReader {
    /** Words of Envoy's that need what Weir does not have yet, so that they never apply. */
    private static final Set<String> NEVER = Set.of("http3-post-connect-failure");

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
        int[] codes = message.getRetriableStatusCodesList().stream().mapToInt(Integer::intValue).sorted().toArray();
        if (Arrays.stream(codes).anyMatch(code -> code < 100 || code > 599)) {
            context.problem("retriable_status_codes", Arrays.toString(codes), "not a status code",
                    "use numbers from 100 to 599");
        }
        return new RetrySpec(conditions, retries, Plain.nanos(message.getPerTryTimeout()),
                Plain.nanos(message.getPerTryIdleTimeout()), backOff(message, context), codes,
                MatchReader.headers("retriable_headers", message.getRetriableHeadersList(), context),
                MatchReader.headers("retriable_request_headers", message.getRetriableRequestHeadersList(), context),
                hosts(message, context), rateLimited(message, context));
    }

    private static ExponentialBackOff backOff(RetryPolicy message, ReadContext context) {
        if (!message.hasRetryBackOff()) {
            return RetrySpec.BACK_OFF;
        }
        var said = message.getRetryBackOff();
        var read = Plain.backOff(said.getBaseInterval(), said.hasMaxInterval() ? said.getMaxInterval() : null,
                context.at("retry_back_off"));
        return read == null ? RetrySpec.BACK_OFF : read;
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
    private static RetryHosts hosts(RetryPolicy message, ReadContext context) {
        var omitted = new ArrayList<Map<String, Object>>();
        List<RetryPolicy.RetryHostPredicate> predicates = message.getRetryHostPredicateList();
        for (int i = 0; i < predicates.size(); i++) {
            var at = context.at("retry_host_predicate", i);
            String name = predicates.get(i).getName();
            var config = predicates.get(i).getTypedConfig();
            String type = predicates.get(i).hasTypedConfig() ? PackedReader.type(config) : name;
            if (type.endsWith("PreviousHostsPredicate") || type.endsWith("previous_hosts")) {
                continue;
            }
            if (type.endsWith("OmitCanaryHostsPredicate") || type.endsWith("omit_canary_hosts")) {
                omitted.add(RetryHosts.CANARY);
            } else if (type.endsWith("OmitHostMetadataConfig")) {
                omitted.add(omitted(config, at.at("typed_config")));
            } else {
                at.problem("", type, "Weir knows no such predicate",
                        "use previous_hosts, omit_canary_hosts or omit_host_metadata with a typed_config");
            }
        }
        return new RetryHosts(omitted, priorities(message, context));
    }

    /** After how many tries priorities are left out; 0: never. */
    private static int priorities(RetryPolicy message, ReadContext context) {
        if (!message.hasRetryPriority()) {
            return 0;
        }
        var at = context.at("retry_priority");
        var config = message.getRetryPriority().getTypedConfig();
        String type = message.getRetryPriority().hasTypedConfig()
                ? PackedReader.type(config)
                : message.getRetryPriority().getName();
        if (!type.endsWith("PreviousPrioritiesConfig")) {
            at.problem("", type, "Weir knows no such order of priorities",
                    "use previous_priorities with a typed_config, or remove it");
            return 0;
        }
        var previous = PackedReader.unpack(config, PreviousPrioritiesConfig.parser(), at.at("typed_config"));
        if (previous != null && previous.getUpdateFrequency() <= 0) {
            at.at("typed_config").problem("update_frequency", Integer.toString(previous.getUpdateFrequency()),
                    "priorities would never be left out", "write 1 to leave one out after each try that failed there");
        }
        return previous == null ? 0 : Math.max(0, previous.getUpdateFrequency());
    }

    /** What hosts that are left out have in their metadata. */
    private static Map<String, Object> omitted(Any config, ReadContext at) {
        var message = PackedReader.unpack(config, OmitHostMetadataConfig.parser(), at);
        var space = message == null
                ? Struct.getDefaultInstance()
                : message.getMetadataMatch().getFilterMetadataOrDefault(Criteria.SPACE, Struct.getDefaultInstance());
        if (message != null && space.getFieldsCount() == 0) {
            at.problem("metadata_match", "", "nothing is asked, so that every host would be left out",
                    "name keys and values under filter_metadata: { envoy.lb: { KEY: VALUE } }");
        }
        return Plain.map(space);
    }

    private static @Nullable ResetBackOff rateLimited(RetryPolicy message, ReadContext context) {
        if (!message.hasRateLimitedRetryBackOff()) {
            return null;
        }
        var at = context.at("rate_limited_retry_back_off");
        var said = message.getRateLimitedRetryBackOff();
        var fields = new ArrayList<ResetBackOff.Field>();
        for (int i = 0; i < said.getResetHeadersCount(); i++) {
            var header = said.getResetHeaders(i);
            var name = TextReader.name(header.getName(), "name", at.at("reset_headers", i));
            if (name != null) {
                fields.add(new ResetBackOff.Field(name, switch (header.getFormat()) {
                    case SECONDS, UNRECOGNIZED -> false;
                    case UNIX_TIMESTAMP -> true;
                }));
            }
        }
        return new ResetBackOff(fields,
                said.hasMaxInterval() ? Plain.nanos(said.getMaxInterval()) : ResetBackOff.PAUSE_MAX_NANOS);
    }
}
