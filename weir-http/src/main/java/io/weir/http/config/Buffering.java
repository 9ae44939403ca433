package io.weir.http.config;

/**
 * The buffer filter as it stands at one level: a connection manager's, and on the way in a route configuration's, a
 * virtual host's, a route's, a weighted cluster's. The innermost level that says something wins.
 *
 * @param filter
 *            its name in {@code http_filters}, by which the levels speak of it; empty where there is none
 * @param spec
 *            what it does at this level
 */
record Buffering(String filter, BufferSpec spec) {
    static final Buffering NONE = new Buffering("", BufferSpec.OFF);
}
