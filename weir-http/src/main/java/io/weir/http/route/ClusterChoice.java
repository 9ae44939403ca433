package io.weir.http.route;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a route names its cluster: Envoy's {@code cluster_specifier}. Immutable. */
public sealed interface ClusterChoice {
    /**
     * The target for this request, or null where the request names none.
     *
     * @param random
     *            any 64 random bits; may be those given to {@link RouteTable#match}
     */
    @Nullable
    Target choose(HttpHead head, long random);

    /** Always the same cluster. */
    record Single(Target target) implements ClusterChoice {
        @Override
        public Target choose(HttpHead head, long random) {
            return target;
        }
    }

    /**
     * One of several, each as often as its weight says.
     *
     * @param total
     *            the weights' sum, 1 to 2^32 - 1
     */
    record Weighted(List<Target> targets, long total) implements ClusterChoice {
        public Weighted {
            targets = List.copyOf(targets);
        }

        public Weighted(List<Target> targets) {
            this(targets, targets.stream().mapToLong(Target::weight).sum());
        }

        @Override
        public Target choose(HttpHead head, long random) {
            long rest = Long.remainderUnsigned(random, total);
            for (int i = 0; i < targets.size(); i++) {
                var target = targets.get(i);
                rest -= target.weight();
                if (rest < 0) {
                    return target;
                }
            }
            return targets.getLast();
        }
    }

    /** The cluster that a request header names. */
    record ByHeader(HeaderName header, Target template) implements ClusterChoice {
        @Override
        public @Nullable Target choose(HttpHead head, long random) {
            String cluster = head.value(header);
            return cluster == null || cluster.isEmpty() ? null : template.named(cluster);
        }
    }
}
