package io.weir.filters.rbac;

import io.weir.core.access.Verdict;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import java.nio.charset.StandardCharsets;

/** The RBAC filter at one connection. */
final class RbacStep implements FilterStep {
    private static final int FORBIDDEN = 403;
    private static final byte[] BODY = "RBAC: access denied".getBytes(StandardCharsets.US_ASCII);
    private static final String NAMESPACE = "envoy.filters.http.rbac";
    /** Where logs look for whether they shall. */
    private static final String COMMON = "envoy.common";

    private final RbacSpec spec;
    private final Numbers numbers;
    private final Numbers shadowNumbers;
    private final FilterExchange exchange;

    RbacStep(RbacSpec spec, Numbers numbers, Numbers shadowNumbers, FilterExchange exchange) {
        this.spec = spec;
        this.numbers = numbers;
        this.shadowNumbers = shadowNumbers;
        this.exchange = exchange;
    }

    @Override
    public Flow requestHead(HttpHead request) {
        var shadow = spec.shadow();
        if (shadow != null) {
            var would = shadow.judge(exchange);
            shadowNumbers.count(would);
            tell(spec.shadowPrefix() + "shadow", would);
        }
        var rules = spec.rules();
        if (rules == null) {
            return Flow.NEXT;
        }
        var verdict = rules.judge(exchange);
        numbers.count(verdict);
        tell(spec.rulesPrefix() + "enforced", verdict);
        if (rules.logs()) {
            exchange.metadata().put(COMMON, "access_log_hint", verdict.logged());
        }
        return verdict.allowed() ? Flow.NEXT : denied(verdict);
    }

    private void tell(String prefix, Verdict verdict) {
        if (!verdict.policy().isEmpty()) {
            exchange.metadata().put(NAMESPACE, prefix + "_effective_policy_id", verdict.policy());
        }
        exchange.metadata().put(NAMESPACE, prefix + "_engine_result", verdict.allowed() ? "allowed" : "denied");
    }

    private static Flow.Reply denied(Verdict verdict) {
        String policy = verdict.policy().isEmpty() ? "none" : verdict.policy().replaceAll("\\s", "_");
        return new Flow.Reply(FORBIDDEN, BODY, "rbac_access_denied_matched_policy[" + policy + "]", 0);
    }
}
