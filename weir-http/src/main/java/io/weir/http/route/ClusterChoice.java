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
     * @param shares
     *            in the order of the configuration
     * @param total
     *            the weights' sum, 1 to 2^32 - 1
     * @param dice
     *            a request header whose number, 0 to 2^64 - 1, decides in the place of the dice, so that several
     *            proxies decide alike; null: none. A value that is no such number counts for nothing.
     * @param byHash
     *            whether the request's hash, where it has one, is to be given in the place of the dice
     */
    record Weighted(List<Share> shares, long total, @Nullable HeaderName dice, boolean byHash)
            implements
                ClusterChoice {
        public Weighted {
            shares = List.copyOf(shares);
        }

        /** Of named clusters, by the dice. */
        public Weighted(List<Target> targets) {
            this(targets.stream().map(target -> new Share(target, null)).toList(),
                    targets.stream().mapToLong(Target::weight).sum(), null, false);
        }

        @Override
        public @Nullable Target choose(HttpHead head, long random) {
            long rest = Long.remainderUnsigned(dice == null ? random : number(head, dice, random), total);
            for (int i = 0; i < shares.size(); i++) {
                var share = shares.get(i);
                rest -= share.target().weight();
                if (rest < 0) {
                    return share.target(head);
                }
            }
            return shares.getLast().target(head);
        }

        private static long number(HttpHead head, HeaderName name, long otherwise) {
            String value = head.value(name);
            if (value == null || value.isEmpty() || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return otherwise;
            }
            try {
                return Long.parseUnsignedLong(value);
            } catch (NumberFormatException e) {
                return otherwise;
            }
        }
    }

    /**
     * One of the clusters to which weights are given.
     *
     * @param header
     *            the request header that names the cluster; null where the target does
     */
    record Share(Target target, @Nullable HeaderName header) {
        @Nullable
        Target target(HttpHead head) {
            return header == null ? target : named(target, header, head);
        }
    }

    /** The cluster that a request header names. */
    record ByHeader(HeaderName header, Target template) implements ClusterChoice {
        @Override
        public @Nullable Target choose(HttpHead head, long random) {
            return named(template, header, head);
        }
    }

    private static @Nullable Target named(Target template, HeaderName header, HttpHead head) {
        String cluster = head.value(header);
        return cluster == null || cluster.isEmpty() ? null : template.named(cluster);
    }
}
