package io.weir.http.filter;

/**
 * What a reader of a level's own message makes of one that changes a part of what holds outside, and keeps the rest.
 */
public interface FilterOverride {
    /** The class of the filter's spec. */
    Class<?> filter();

    /**
     * What holds on the level.
     *
     * @param outer
     *            what holds outside, of {@link #filter()}
     */
    Object over(Object outer);
}
