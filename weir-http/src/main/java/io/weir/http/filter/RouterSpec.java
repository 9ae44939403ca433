package io.weir.http.filter;

/**
 * The filter that ends every chain and forwards. Source: Envoy's {@code Router}.
 *
 * @param suppressEnvoyHeaders
 *            it adds no {@code x-envoy-} header of its own to requests and responses
 */
public record RouterSpec(boolean suppressEnvoyHeaders) {
    /** Envoy's defaults. */
    public static final RouterSpec DEFAULT = new RouterSpec(false);
}
