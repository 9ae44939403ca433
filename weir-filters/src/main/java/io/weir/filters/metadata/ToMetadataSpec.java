package io.weir.filters.metadata;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes fields and cookies down as dynamic metadata. Source: Envoy's {@code header_to_metadata}.
 *
 * @param request
 *            rules for requests
 * @param response
 *            rules for responses
 * @param statPrefix
 *            under which it counts; empty: it does not
 */
public record ToMetadataSpec(List<MetadataRule> request, List<MetadataRule> response, String statPrefix)
        implements
            HttpFilterSpec {
    public ToMetadataSpec {
        request = List.copyOf(request);
        response = List.copyOf(response);
    }

    /** What is counted of one direction: {@code http_filter_name.<stat_prefix>.*}. */
    record Numbers(Counter rulesProcessed, Counter metadataAdded, Counter headerNotFound, Counter base64DecodeFailed,
            Counter headerValueTooLong) {
        static Numbers in(Scope scope, String direction) {
            return new Numbers(scope.counter(direction + "_rules_processed"),
                    scope.counter(direction + "_metadata_added"), scope.counter(direction + "_header_not_found"),
                    scope.counter("base64_decode_failed"), scope.counter("header_value_too_long"));
        }
    }

    @Override
    public HttpFilter open(FilterContext context) {
        @Nullable
        Scope scope = statPrefix.isEmpty() ? null : context.stats().root().child("http_filter_name").child(statPrefix);
        var requests = scope == null ? null : Numbers.in(scope, "request");
        var responses = scope == null ? null : Numbers.in(scope, "response");
        return exchange -> new ToMetadataStep(this, requests, responses, exchange);
    }
}
