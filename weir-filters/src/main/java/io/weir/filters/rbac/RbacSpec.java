package io.weir.filters.rbac;

import io.weir.core.stats.Scope;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests pass, or not. Source: Envoy's {@code RBAC}.
 *
 * @param rules
 *            what holds; null: everybody may
 * @param rulesPrefix
 *            in the names of its numbers and metadata
 * @param shadow
 *            what would hold, and is told only; null: nothing
 * @param shadowPrefix
 *            in the names of its numbers and metadata
 * @param eachPolicy
 *            whether each policy is counted by itself
 */
public record RbacSpec(@Nullable Judge rules, String rulesPrefix, @Nullable Judge shadow, String shadowPrefix,
        boolean eachPolicy) implements HttpFilterSpec {
    @Override
    public HttpFilter open(FilterContext context) {
        var scope = context.managerScope().child("rbac");
        var numbers = new Numbers(within(scope, rulesPrefix), "", eachPolicy);
        var shadowNumbers = new Numbers(within(scope, shadowPrefix), "shadow_", eachPolicy);
        return exchange -> new RbacStep(this, numbers, shadowNumbers, exchange);
    }

    private static Scope within(Scope scope, String prefix) {
        String name = prefix.endsWith(".") ? prefix.substring(0, prefix.length() - 1) : prefix;
        return name.isEmpty() ? scope : scope.child(name);
    }
}
