package io.weir.xds.spec;

/**
 * A network filter.
 *
 * @param name
 *            as configured; for people
 * @param config
 *            what the extension's reader made of its {@code typed_config}: a plain record whose class tells the filter
 */
public record FilterSpec(String name, Object config) {
}
