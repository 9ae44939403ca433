package io.weir.http.route;

import io.weir.core.model.Criteria;
import io.weir.core.model.Host;
import java.util.List;
import java.util.Map;

/**
 * Which hosts a retry rather does without, beside those that have been tried: those whose metadata in the name space
 * {@code envoy.lb} hold all of one of these, and those of priorities that have been tried. Where no other host is to be
 * had, one of them is taken all the same. Immutable. Source: Envoy's {@code retry_host_predicate} and
 * {@code retry_priority}.
 *
 * @param prioritiesEvery
 *            after so many tries, and again after as many more, the priorities of all hosts tried so far are left out;
 *            0: none ever is
 */
public record RetryHosts(List<Map<String, Object>> omitted, int prioritiesEvery) {
    /** Every host will do. */
    public static final RetryHosts ANY = new RetryHosts(List.of(), 0);
    /** What Envoy's {@code omit_canary_hosts} leaves out. */
    public static final Map<String, Object> CANARY = Map.of("canary", true);

    public RetryHosts {
        omitted = List.copyOf(omitted);
    }

    /** Whether this host is one of them. */
    public boolean omits(Host host) {
        for (int i = 0; i < omitted.size(); i++) {
            if (host.endpoint().metadata().get(Criteria.SPACE) instanceof Map<?, ?> has
                    && holds(has, omitted.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(Map<?, ?> has, Map<String, Object> asked) {
        for (var one : asked.entrySet()) {
            Object value = has.get(one.getKey());
            // a list holds each of its values, as in Envoy
            if (!one.getValue().equals(value) && !(value instanceof List<?> some && some.contains(one.getValue()))) {
                return false;
            }
        }
        return true;
    }
}
