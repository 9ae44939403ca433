package io.weir.http.route;

import io.weir.core.model.Criteria;
import io.weir.core.model.Host;
import java.util.List;
import java.util.Map;

/**
 * Which hosts a retry rather does without, beside those that have been tried: those whose metadata in the name space
 * {@code envoy.lb} hold all of one of these. Where no other host is to be had, one of them is taken all the same.
 * Immutable. Source: Envoy's {@code retry_host_predicate}.
 */
public record RetryHosts(List<Map<String, Object>> omitted) {
    /** Every host will do. */
    public static final RetryHosts ANY = new RetryHosts(List.of());
    /** What Envoy's {@code omit_canary_hosts} leaves out. */
    public static final Map<String, Object> CANARY = Map.of("canary", true);

    public RetryHosts {
        omitted = List.copyOf(omitted);
    }

    /** Whether this host is one of them. */
    public boolean omits(Host host) {
        for (int i = 0; i < omitted.size(); i++) {
            if (host.endpoint().metadata().get(Criteria.SPACE) instanceof Map<?, ?> has
                    && has.entrySet().containsAll(omitted.get(i).entrySet())) {
                return true;
            }
        }
        return false;
    }
}
