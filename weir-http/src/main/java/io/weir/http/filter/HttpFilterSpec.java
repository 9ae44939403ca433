package io.weir.http.filter;

/**
 * An HTTP filter as one place of the configuration has it: a connection manager's list, or a level of its routes.
 * Immutable; its reader is an {@code ExtensionReader} whose kind is the spec's own class, by which a level of the
 * routes is held to the same kind of filter. A new filter starts here.
 */
public interface HttpFilterSpec {
    /**
     * Makes what serves; once for each spec when its connection manager begins, so that what a filter shares between
     * workers, such as a bucket of tokens, is one for each place that configures it. What has been counted and still
     * holds comes from {@link FilterContext#carryover()}.
     */
    HttpFilter open(FilterContext context);
}
