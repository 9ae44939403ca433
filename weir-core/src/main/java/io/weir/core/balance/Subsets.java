package io.weir.core.balance;

import io.weir.core.model.Criteria;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.model.SubsetRule;
import io.weir.core.model.SubsetRule.Selector;
import io.weir.core.stats.SubsetStats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Divides the hosts of a cluster into subsets, view after view; the choosers of each are kept like those of a cluster.
 * The conductor's.
 */
final class Subsets {
    private static final Criteria DEFAULTS = Criteria.of(Map.of());

    private final Choosers.Maker maker;
    private final SubsetStats stats;
    private Map<Criteria, Choosers> kept = new HashMap<>();

    /** Makes the picker of one subset. */
    interface Part {
        Picker picker(HostSet hosts, Choosers choosers);
    }

    Subsets(Choosers.Maker maker, SubsetStats stats) {
        this.maker = maker;
        this.stats = stats;
    }

    /** As {@link Choosers#forget}. The subsets themselves are known still: none of them is a new one. */
    void forget() {
        kept.values().forEach(Choosers::forget);
    }

    /** The picker over all of them. */
    Picker picker(HostSet hosts, SubsetRule rule, Picker any, Part part) {
        Map<Criteria, List<Host>> divided = new LinkedHashMap<>();
        int duplicates = 0;
        Set<Criteria> shapes = new HashSet<>();
        for (Selector selector : rule.selectors()) {
            if (!shapes.add(Criteria.shape(selector.keys()))) {
                // of selectors with the same keys the first stands, here as where a request looks one up
                continue;
            }
            for (Host host : hosts.all()) {
                for (Criteria criteria : of(host, selector, rule.listAsAny())) {
                    List<Host> members = divided.computeIfAbsent(criteria, c -> new ArrayList<>());
                    if (selector.singleHost() && !members.isEmpty()) {
                        duplicates++;
                    } else if (members.isEmpty() || members.getLast() != host) {
                        members.add(host);
                    }
                }
            }
        }
        Map<Criteria, Choosers> former = kept;
        kept = new HashMap<>();
        Map<Criteria, Picker> pickers = new HashMap<>();
        divided.forEach((criteria, members) -> {
            if (!former.containsKey(criteria)) {
                stats.created().increment();
            }
            pickers.put(criteria, part.picker(HostSet.of(members), choosers(criteria, former)));
        });
        former.keySet().stream().filter(criteria -> !criteria.isEmpty() && !divided.containsKey(criteria))
                .forEach(gone -> stats.removed().increment());
        stats.active().set(divided.size());
        stats.singleHostDuplicate().set(duplicates);
        return new SubsetPicker(rule, pickers, any, defaults(hosts, rule, part, former), stats);
    }

    private Choosers choosers(Criteria criteria, Map<Criteria, Choosers> former) {
        Choosers choosers = former.getOrDefault(criteria, new Choosers(maker));
        kept.put(criteria, choosers);
        return choosers;
    }

    private @Nullable Picker defaults(HostSet hosts, SubsetRule rule, Part part, Map<Criteria, Choosers> former) {
        List<Host> members = hosts.all().stream().filter(host -> has(host, rule)).toList();
        return members.isEmpty() ? null : part.picker(HostSet.of(members), choosers(DEFAULTS, former));
    }

    private static boolean has(Host host, SubsetRule rule) {
        Map<?, ?> metadata = metadata(host);
        return rule.defaultSubset().entrySet().stream().allMatch(wanted -> {
            Object value = metadata.get(wanted.getKey());
            return wanted.getValue().equals(value)
                    || rule.listAsAny() && value instanceof List<?> list && list.contains(wanted.getValue());
        });
    }

    private static Map<?, ?> metadata(Host host) {
        return host.endpoint().metadata().get(Criteria.SPACE) instanceof Map<?, ?> metadata ? metadata : Map.of();
    }

    /** The subsets of this selector that the host is in: none where it lacks a key. */
    private static List<Criteria> of(Host host, Selector selector, boolean listAsAny) {
        Map<?, ?> metadata = metadata(host);
        List<Map<String, Object>> combinations = new ArrayList<>();
        combinations.add(new HashMap<>());
        for (String key : selector.keys()) {
            Object value = metadata.get(key);
            if (value == null) {
                return List.of();
            }
            List<?> values = listAsAny && value instanceof List<?> list
                    ? list.stream().distinct().toList()
                    : List.of(value);
            List<Map<String, Object>> longer = new ArrayList<>();
            for (Map<String, Object> combination : combinations) {
                for (Object one : values) {
                    Map<String, Object> with = new HashMap<>(combination);
                    with.put(key, one);
                    longer.add(with);
                }
            }
            combinations = longer;
        }
        return combinations.stream().map(Criteria::of).toList();
    }
}
