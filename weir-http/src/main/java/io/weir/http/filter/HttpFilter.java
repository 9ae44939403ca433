package io.weir.http.filter;

/** One filter at work, shared by all workers. Any thread. */
@FunctionalInterface
public interface HttpFilter {
    /** What it does to the exchanges of one connection, one after another; made when the first of them comes. */
    FilterStep step(FilterExchange exchange);
}
