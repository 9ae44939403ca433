package io.weir.core.stats;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** All the numbers of one proxy. Any thread; no globals: a test has its own. */
public final class Stats {
    private final Scope root = new Scope(null, "", null);
    private volatile boolean timesFilters;

    /** The scope with no name, of which all others are children. */
    public Scope root() {
        return root;
    }

    /** Whether the time of HTTP filters is taken, which costs clock readings: only while it is asked for. */
    public boolean timesFilters() {
        return timesFilters;
    }

    /** From the next request on it is, or is not. */
    public void timesFilters(boolean wanted) {
        timesFilters = wanted;
    }

    /** Every metric there is now, in no order. */
    public void forEach(Consumer<Metric> action) {
        root.forEach(action);
    }

    /** Every metric there is now, by flat name. */
    public List<Metric> sorted() {
        record Named(String name, Metric metric) {
        }
        List<Named> named = new ArrayList<>();
        root.forEach(metric -> named.add(new Named(metric.name(), metric)));
        named.sort(Comparator.comparing(Named::name));
        return named.stream().map(Named::metric).toList();
    }

    /** Every metric there is now by plain name, then by flat name: the families of Prometheus. */
    public Map<String, List<Metric>> families() {
        Map<String, List<Metric>> families = new TreeMap<>();
        for (Metric metric : sorted()) {
            families.computeIfAbsent(metric.plainName(), name -> new ArrayList<>()).add(metric);
        }
        return families;
    }

    /** Ends the interval of all histograms; Envoy does so every 5 s. One thread at a time. */
    public synchronized void flush() {
        root.forEach(metric -> {
            if (metric instanceof Histogram histogram) {
                histogram.flush();
            }
        });
    }
}
