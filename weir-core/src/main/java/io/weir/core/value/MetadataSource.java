package io.weir.core.value;

/** Whose metadata are meant: Envoy's words in {@code %METADATA(...)%}. */
public enum MetadataSource {
    /** What filters say of the request. */
    DYNAMIC,
    /** The route's. */
    ROUTE,
    /** Those of the route's virtual host. */
    VIRTUAL_HOST,
    /** The cluster's. */
    CLUSTER,
    /** Those of the host that was chosen. */
    UPSTREAM_HOST
}
