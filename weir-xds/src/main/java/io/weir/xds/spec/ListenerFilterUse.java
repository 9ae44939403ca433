package io.weir.xds.spec;

/**
 * A listener filter in its place.
 *
 * @param name
 *            as configured; for people
 * @param disabled
 *            connections that it passes by
 */
public record ListenerFilterUse(String name, ListenerFilterSpec filter, PortMatch disabled) {
}
