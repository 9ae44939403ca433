package io.weir.core.stats;

/** A dimension of a metric: Envoy's tag ({@code envoy.cluster_name}) and its value. */
public record Tag(String key, String value) {
}
