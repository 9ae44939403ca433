package io.weir.http.filter.time;

import io.weir.core.stats.Histogram;
import io.weir.core.stats.Scope;
import java.util.List;

/**
 * Where the times of one chain's filters are counted: for each by its name in {@code http_filters} the histograms
 * {@code http.<stat_prefix>.filter.<name>.work_ns} and {@code held_ns}. Any thread.
 */
public final class FilterNumbers {
    /** Of no filter. */
    public static final FilterNumbers NONE = new FilterNumbers(List.of(), List.of(), List.of());

    private final List<String> names;
    private final List<Histogram> work;
    private final List<Histogram> held;

    private FilterNumbers(List<String> names, List<Histogram> work, List<Histogram> held) {
        this.names = List.copyOf(names);
        this.work = List.copyOf(work);
        this.held = List.copyOf(held);
    }

    /**
     * Of the filters of these names, in order.
     *
     * @param manager
     *            the numbers of their connection manager
     */
    public static FilterNumbers of(List<String> names, Scope manager) {
        var scopes = names.stream().map(name -> manager.child("filter").tagged("weir.http_filter_name", name)).toList();
        return new FilterNumbers(names, scopes.stream().map(scope -> scope.histogram("work_ns")).toList(),
                scopes.stream().map(scope -> scope.histogram("held_ns")).toList());
    }

    int count() {
        return names.size();
    }

    String name(int filter) {
        return names.get(filter);
    }

    void record(int filter, long workNanos, long heldNanos) {
        work.get(filter).record(workNanos);
        held.get(filter).record(heldNanos);
    }
}
