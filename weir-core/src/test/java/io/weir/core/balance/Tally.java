package io.weir.core.balance;

import io.weir.core.model.Host;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How often each host was chosen. Any thread. */
final class Tally {
    private final Map<Host, Integer> counts = new ConcurrentHashMap<>();

    void add(Host host, int times) {
        counts.merge(host, times, Integer::sum);
    }

    int of(Host host) {
        return counts.getOrDefault(host, 0);
    }

    Collection<Integer> values() {
        return counts.values();
    }

    int sum() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    void addAll(Tally other) {
        other.counts.forEach(this::add);
    }
}
