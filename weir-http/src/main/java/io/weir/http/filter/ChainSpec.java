package io.weir.http.filter;

import java.util.List;

/**
 * The filters that requests of some routes pass, in order, without those that are off there. Immutable.
 *
 * @param filters
 *            a spec that two chains share is one filter at work
 */
public record ChainSpec(List<HttpFilterSpec> filters) {
    /** No filter. */
    public static final ChainSpec EMPTY = new ChainSpec(List.of());

    public ChainSpec {
        filters = List.copyOf(filters);
    }
}
