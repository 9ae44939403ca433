package io.weir.http.filter;

import java.util.List;

/**
 * The filters that requests of some routes pass, in order, without those that are off there. Immutable.
 *
 * @param filters
 *            a spec that two chains share is one filter at work
 * @param names
 *            of each of them its name in {@code http_filters}
 */
public record ChainSpec(List<HttpFilterSpec> filters, List<String> names) {
    /** No filter. */
    public static final ChainSpec EMPTY = new ChainSpec(List.of());

    public ChainSpec {
        filters = List.copyOf(filters);
        names = List.copyOf(names);
        if (names.size() != filters.size()) {
            throw new IllegalArgumentException(names.size() + " names for " + filters.size() + " filters");
        }
    }

    /** Filters that are called what their specs are. */
    public ChainSpec(List<? extends HttpFilterSpec> filters) {
        this(List.copyOf(filters), filters.stream().map(filter -> filter.getClass().getSimpleName()).toList());
    }
}
