package io.weir.http.filter;

/**
 * A filter of which a level of the routes does not replace what holds outside, but builds on it. Immutable. Source:
 * Envoy's filters that look at every level's configuration, such as {@code CorsPolicy} and {@code HeaderMutation}.
 */
public interface LayeredSpec extends HttpFilterSpec {
    /**
     * What holds on this level.
     *
     * @param outside
     *            what holds on the level around it, of the same class; the connection manager's own where the filter is
     *            off there
     */
    HttpFilterSpec inside(Object outside);
}
