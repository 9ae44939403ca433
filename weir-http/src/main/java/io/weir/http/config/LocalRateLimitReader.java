package io.weir.http.config;

import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.VhRateLimitsOptions;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.weir.core.admit.TokenBucket;
import io.weir.http.ratelimit.DescriptorRules.VirtualHostUse;
import io.weir.http.ratelimit.LimitSpec;
import io.weir.http.ratelimit.LocalRateLimitSpec;
import io.weir.http.route.match.RouteMatch.Share;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the local rate limit filter, on a connection manager and on the levels of its routes. */
final class LocalRateLimitReader implements ExtensionReader<LocalRateLimit, LocalRateLimitSpec> {
    private static final Share NONE = new Share(0, 100);
    private static final int STATUS = 429;
    private static final int STATUS_MIN = 400;

    @Override
    public LocalRateLimit prototype() {
        return LocalRateLimit.getDefaultInstance();
    }

    @Override
    public Class<LocalRateLimitSpec> kind() {
        return LocalRateLimitSpec.class;
    }

    @Override
    public LocalRateLimitSpec read(LocalRateLimit config, ReadContext context) {
        var bucket = config.hasTokenBucket() ? Plain.bucket(config.getTokenBucket()) : null;
        var limits = limits(config, context);
        if (bucket == null && limits.isEmpty()) {
            context.warning("token_bucket", "", "there is none, so this limits nothing",
                    "add token_bucket: { max_tokens: 100, tokens_per_fill: 100, fill_interval: 1s }");
        }
        var rules = DescriptorRulesReader.rules(config.getRateLimitsList(), context);
        var requestEdits = EditsReader.adds("request_headers_to_add_when_not_enforced",
                config.getRequestHeadersToAddWhenNotEnforcedList(), context);
        var responseEdits = EditsReader.adds("response_headers_to_add", config.getResponseHeadersToAddList(), context);
        int status = config.getStatus().getCodeValue();
        return new LocalRateLimitSpec(config.getStatPrefix(), bucket,
                share("filter_enabled", config.hasFilterEnabled(), config.getFilterEnabled(), context),
                share("filter_enforced", config.hasFilterEnforced(), config.getFilterEnforced(), context),
                // as in Envoy: what does not say that the request failed becomes 429
                status < STATUS_MIN ? STATUS : status, requestEdits, responseEdits, limits,
                !config.hasAlwaysConsumeDefaultTokenBucket() || config.getAlwaysConsumeDefaultTokenBucket().getValue(),
                config.getLocalRateLimitPerDownstreamConnection(),
                config.getEnableXRatelimitHeaders() == XRateLimitHeadersRFCVersion.DRAFT_VERSION_03, rules,
                use(config.getVhRateLimits()), config.getStage(), config.getRateLimitedAsResourceExhausted());
    }

    /** What is not given counts as none, as in Envoy: a filter that nobody meant to be idle, so it is told. */
    private static Share share(String field, boolean given, RuntimeFractionalPercent percent, ReadContext context) {
        if (!given) {
            context.warning(field, "", "it is 0 % where it is not given, so no request is limited",
                    "add " + field + ": { default_value: { numerator: 100 } }");
            return NONE;
        }
        return MatchReader.share(percent.getDefaultValue());
    }

    private static VirtualHostUse use(VhRateLimitsOptions option) {
        return switch (option) {
            case OVERRIDE, UNRECOGNIZED -> VirtualHostUse.OVERRIDE;
            case INCLUDE -> VirtualHostUse.INCLUDE;
            case IGNORE -> VirtualHostUse.IGNORE;
        };
    }

    private static List<LimitSpec> limits(LocalRateLimit config, ReadContext context) {
        List<LocalRateLimitDescriptor> messages = config.getDescriptorsList();
        int bucketsMax = config.hasMaxDynamicDescriptors()
                ? Math.max(1, Plain.limit(config.getMaxDynamicDescriptors().getValue())) // the API's rules refuse 0
                : LimitSpec.BUCKETS_MAX;
        var limits = new ArrayList<LimitSpec>();
        var seen = new HashSet<List<String>>();
        for (int i = 0; i < messages.size(); i++) {
            var message = messages.get(i);
            var at = context.at("descriptors", i);
            var entries = new ArrayList<LimitSpec.Entry>();
            var texts = new ArrayList<String>();
            for (int j = 0; j < message.getEntriesCount(); j++) {
                var entry = message.getEntries(j);
                texts.add(entry.getKey());
                texts.add(entry.getValue());
                entries.add(new LimitSpec.Entry(entry.getKey(), entry.getValue()));
            }
            if (!seen.add(texts)) {
                at.problem("entries", String.join(" ", texts), "an earlier descriptor has the same entries",
                        "remove one of the two");
            }
            TokenBucket.@Nullable Rule bucket = Plain.bucket(message.getTokenBucket());
            if (bucket != null) {
                limits.add(new LimitSpec(entries, bucket, bucketsMax));
            }
        }
        return limits;
    }
}
