package io.weir.xds.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.weir.core.model.AccessLogSpec.Comparison;
import io.weir.core.model.AccessLogSpec.Filter;

import org.jspecify.annotations.Nullable;

/** Reads which requests an access log shows. */
final class AccessLogFilters {

    private AccessLogFilters() {}

    /** The filter, or null when it lets everything pass or after a problem. */
    static @Nullable Filter read(ReadContext context, AccessLogFilter filter) {
        return switch (filter.getFilterSpecifierCase()) {
            case STATUS_CODE_FILTER -> {
                var comparison = filter.getStatusCodeFilter().getComparison();
                yield new Filter.Status(comparison(comparison), Plain.limit(comparison.getValue().getDefaultValue()));
            }
            case DURATION_FILTER -> {
                var comparison = filter.getDurationFilter().getComparison();
                yield new Filter.Duration(comparison(comparison), Plain.limit(comparison.getValue().getDefaultValue()));
            }
            case RESPONSE_FLAG_FILTER -> new Filter.Flags(Set.copyOf(filter.getResponseFlagFilter().getFlagsList()));
            case AND_FILTER -> {
                List<Filter> parts = all(context.at("and_filter"), filter.getAndFilter().getFiltersList(), true);
                yield parts.isEmpty() ? null : new Filter.And(parts);
            }
            case OR_FILTER -> {
                List<Filter> parts = all(context.at("or_filter"), filter.getOrFilter().getFiltersList(), false);
                yield parts.isEmpty() ? null : new Filter.Or(parts);
            }
            case NOT_HEALTH_CHECK_FILTER -> null; // Weir answers no health checks itself: every request passes
            case FILTERSPECIFIER_NOT_SET -> null; // a rule of the API says that it is required
            case TRACEABLE_FILTER, RUNTIME_FILTER, HEADER_FILTER, GRPC_STATUS_FILTER, EXTENSION_FILTER, METADATA_FILTER,
                    LOG_TYPE_FILTER -> {
                String name = filter.getFilterSpecifierCase().name().toLowerCase(java.util.Locale.ROOT);
                context.problem(name, "", "Weir does not honour this filter of access logs yet",
                        "remove it, or use status_code_filter, duration_filter, response_flag_filter,"
                                + " and_filter or or_filter");
                yield null;
            }
        };
    }

    /** The parts that say something. In an "or", one part that lets everything pass makes the whole do so. */
    private static List<Filter> all(ReadContext context, List<AccessLogFilter> filters, boolean and) {
        var parts = new ArrayList<Filter>();
        boolean passAll = false;
        for (int i = 0; i < filters.size(); i++) {
            Filter part = read(context.at("filters", i), filters.get(i));
            if (part != null) {
                parts.add(part);
            } else {
                passAll = true;
            }
        }
        return passAll && !and ? List.of() : parts;
    }

    private static Comparison comparison(ComparisonFilter comparison) {
        return switch (comparison.getOp()) {
            case EQ -> Comparison.EQ;
            case GE -> Comparison.GE;
            case LE -> Comparison.LE;
            case UNRECOGNIZED -> Comparison.EQ; // a rule of the API refuses it
        };
    }
}
