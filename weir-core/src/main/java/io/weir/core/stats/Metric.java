package io.weir.core.stats;

import java.util.List;

/** A number with a name. Read and written from any thread. */
public sealed interface Metric permits Counter, Gauge, Histogram {
    /** Its flat name, as {@code /stats} shows it: {@code cluster.a.upstream_rq_total}. Made when asked for. */
    String name();

    /** Its name without the values of tags: {@code cluster.upstream_rq_total}. */
    String plainName();

    /** Its tags, in the order of the flat name. */
    List<Tag> tags();

    /** Written to at least once. */
    boolean used();
}
