package io.weir.http.filter;

/**
 * What a reader of a level's own message makes of "disabled": the filter is off there.
 *
 * @param filter
 *            the class of the filter's spec
 */
public record OffHere(Class<?> filter) {
}
