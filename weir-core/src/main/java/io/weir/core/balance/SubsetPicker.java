package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.balance.Pick.Refused;
import io.weir.core.model.Criteria;
import io.weir.core.model.SubsetRule;
import io.weir.core.model.SubsetRule.Selector;
import io.weir.core.stats.SubsetStats;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Picks among the hosts that have the metadata which the request asks for. Immutable; any thread. */
final class SubsetPicker implements Picker {
    private static final Pick REFUSED = new Refused(Reason.NO_HEALTHY_HOST);

    private final SubsetRule rule;
    private final Map<Criteria, Picker> subsets;
    private final Map<Criteria, Selector> selectors = new HashMap<>();
    private final Picker any;
    private final @Nullable Picker defaults;
    private final SubsetStats stats;

    /**
     * @param subsets
     *            those that have a host
     * @param defaults
     *            the default subset; null where it has no host
     */
    SubsetPicker(SubsetRule rule, Map<Criteria, Picker> subsets, Picker any, @Nullable Picker defaults,
            SubsetStats stats) {
        this.rule = rule;
        this.subsets = subsets;
        this.any = any;
        this.defaults = defaults;
        this.stats = stats;
        for (Selector selector : rule.selectors()) {
            selectors.putIfAbsent(Criteria.shape(selector.keys()), selector);
        }
    }

    @Override
    public Pick pick(PickContext context) {
        Criteria criteria = context.criteria();
        if (criteria == null || criteria.isEmpty()) {
            return fallback(rule.fallback(), context);
        }
        List<Criteria> list = criteria.fallbacks();
        if (!rule.fallbackList() || list.isEmpty()) {
            return by(criteria, context);
        }
        Pick pick = REFUSED;
        for (int i = 0; i < list.size() && pick instanceof Refused; i++) {
            pick = by(list.get(i), context);
        }
        return pick;
    }

    private Pick by(Criteria criteria, PickContext context) {
        Picker subset = subsets.get(criteria);
        if (subset != null) {
            stats.selected().increment();
            return subset.pick(context);
        }
        Selector selector = selectors.get(criteria.shape());
        if (selector == null) {
            return fallback(rule.fallback(), context);
        }
        return switch (selector.fallback()) {
            case NOT_DEFINED -> fallback(rule.fallback(), context);
            case KEYS_SUBSET -> by(criteria.only(selector.fallbackKeys()), context);
            case NO_FALLBACK, ANY_ENDPOINT, DEFAULT_SUBSET -> fallback(selector.fallback(), context);
        };
    }

    private Pick fallback(SubsetRule.Fallback how, PickContext context) {
        Pick pick = switch (how) {
            case NOT_DEFINED, NO_FALLBACK, KEYS_SUBSET -> REFUSED;
            case ANY_ENDPOINT -> any.pick(context);
            case DEFAULT_SUBSET -> defaults == null ? REFUSED : defaults.pick(context);
        };
        if (pick instanceof Chosen) {
            stats.fallback().increment();
            return pick;
        }
        if (rule.panicModeAny()) {
            stats.fallbackPanic().increment();
            return any.pick(context);
        }
        return pick;
    }
}
