package io.weir.http.ratelimit;

import java.util.List;

/**
 * How a descriptor is made. Immutable. Source: Envoy's {@code RateLimit}.
 *
 * @param stage
 *            0 to 10: filters of the same stage use it
 * @param actions
 *            one entry each, at least one
 */
public record DescriptorRule(int stage, List<DescriptorAction> actions) {
    public DescriptorRule {
        actions = List.copyOf(actions);
    }

    /** Makes the descriptor of a request; false when there is none. */
    boolean make(Descriptor descriptor, RequestView request) {
        descriptor.clear();
        for (int i = 0; i < actions.size(); i++) {
            if (!actions.get(i).append(descriptor, request)) {
                return false;
            }
        }
        return descriptor.size() > 0;
    }
}
