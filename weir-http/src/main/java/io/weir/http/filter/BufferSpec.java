package io.weir.http.filter;

import io.weir.http.route.Target;

/**
 * What the buffer filter does to a request's body, on a listener or for a part of its routes. Source: Envoy's
 * {@code Buffer} and {@code BufferPerRoute}.
 *
 * @param bytesMax
 *            the longest body that is gathered and passed on; {@link Target#STREAMED} where the filter is off
 */
public record BufferSpec(long bytesMax) {
    /** Bodies pass as they come. */
    public static final BufferSpec OFF = new BufferSpec(Target.STREAMED);
}
