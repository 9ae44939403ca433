package io.weir.filters.rbac;

import io.weir.core.access.AccessRules;
import io.weir.core.access.Verdict;
import io.weir.http.filter.FilterExchange;
import io.weir.http.route.tree.MatchTree;

/** Who decides about requests. Immutable; any thread. */
sealed interface Judge {
    /** What is decided of the request at hand. */
    Verdict judge(FilterExchange exchange);

    /** Whether it is there for logs. */
    boolean logs();

    /** By policies. */
    record Rules(AccessRules<FilterExchange> rules, boolean logs) implements Judge {
        @Override
        public Verdict judge(FilterExchange exchange) {
            return rules.judge(exchange);
        }
    }

    /** By a tree of questions; who comes to no action may not. */
    record Tree(MatchTree<Verdict> tree, boolean logs) implements Judge {
        private static final Verdict NO = new Verdict(false, false, "");

        @Override
        public Verdict judge(FilterExchange exchange) {
            var found = tree.find(exchange.formats().request(), exchange.formats());
            return found == null ? NO : found;
        }
    }
}
