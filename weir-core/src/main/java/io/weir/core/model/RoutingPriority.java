package io.weir.core.model;

/** Whose requests they are: each priority has limits of its own, so that one can't use up what the other needs. */
public enum RoutingPriority {
    /** Where a route says nothing. */
    DEFAULT("default"),
    /** What a route marks as more important. */
    HIGH("high");

    private final String word;

    RoutingPriority(String word) {
        this.word = word;
    }

    /** As it stands in the names of statistics. */
    public String word() {
        return word;
    }
}
