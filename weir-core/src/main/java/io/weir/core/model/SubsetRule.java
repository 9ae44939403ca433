package io.weir.core.model;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a cluster is divided by its hosts' metadata, so that a route can ask for some of them: Envoy's
 * {@code LbSubsetConfig}. Immutable; any thread.
 *
 * @param fallback
 *            what serves a request whose subset does not exist
 * @param defaultSubset
 *            the metadata of {@link Fallback#DEFAULT_SUBSET}
 * @param selectors
 *            which keys make subsets
 * @param localityWeights
 *            weights of localities count within subsets too: {@code locality_weight_aware}
 * @param scaleLocalityWeights
 *            but only as far as a locality's hosts are of the subset: {@code scale_locality_weight}
 * @param panicModeAny
 *            when the fallback has no host either, any host serves
 * @param listAsAny
 *            a host whose value is a list is in the subset of each element
 * @param fallbackList
 *            a request's criteria may name others to try: {@code metadata_fallback_policy: FALLBACK_LIST}
 */
public record SubsetRule(Fallback fallback, Map<String, Object> defaultSubset, List<Selector> selectors,
        boolean localityWeights, boolean scaleLocalityWeights, boolean panicModeAny, boolean listAsAny,
        boolean fallbackList) {
    /** What serves a request whose subset does not exist. */
    public enum Fallback {
        /** As the cluster says; of a selector only. */
        NOT_DEFINED,
        /** Nothing: it is refused. */
        NO_FALLBACK,
        /** Any host. */
        ANY_ENDPOINT,
        /** The hosts of the default subset. */
        DEFAULT_SUBSET,
        /** The subset of fewer keys; of a selector only. */
        KEYS_SUBSET
    }

    /**
     * Keys that make subsets: one for each combination of their values.
     *
     * @param singleHost
     *            each subset is one host; of several the first
     * @param fallbackKeys
     *            the keys of {@link Fallback#KEYS_SUBSET}
     */
    public record Selector(Set<String> keys, boolean singleHost, Fallback fallback, Set<String> fallbackKeys) {
        public Selector {
            keys = Set.copyOf(keys);
            fallbackKeys = Set.copyOf(fallbackKeys);
        }
    }

    public SubsetRule {
        defaultSubset = Map.copyOf(defaultSubset);
        selectors = List.copyOf(selectors);
    }

    /** With these selectors, and nothing else said. */
    public static SubsetRule of(Fallback fallback, Map<String, Object> defaultSubset, List<Selector> selectors) {
        return new SubsetRule(fallback, defaultSubset, selectors, false, false, false, false, false);
    }
}
