package io.weir.filters.cache.rules;

/**
 * Under which an entry stands in a store. Immutable.
 *
 * @param uri
 *            what changes and makes all entries of it out of date, whatever routes they came by
 * @param text
 *            everything that the entry depends on
 */
public record StoreKey(String uri, String text) {
}
