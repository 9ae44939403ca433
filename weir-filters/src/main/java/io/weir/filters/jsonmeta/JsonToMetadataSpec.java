package io.weir.filters.jsonmeta;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Writes values of JSON bodies as dynamic metadata. Source: Envoy's {@code JsonToMetadata}.
 *
 * @param request
 *            null where requests are left alone
 * @param response
 *            null where responses are
 */
public record JsonToMetadataSpec(@Nullable JsonRules request, @Nullable JsonRules response) implements HttpFilterSpec {
    /** What is counted of one direction. */
    record Numbers(Counter success, Counter otherType, Counter noBody, Counter invalid) {
        static Numbers in(Scope scope) {
            return new Numbers(scope.counter("success"), scope.counter("mismatched_content_type"),
                    scope.counter("no_body"), scope.counter("invalid_json_body"));
        }
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var scope = context.managerScope().child("json_to_metadata");
        var up = Numbers.in(scope.child("rq"));
        var down = Numbers.in(scope.child("resp"));
        return exchange -> new JsonToMetadataStep(this, up, down, exchange);
    }
}
