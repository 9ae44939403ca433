package io.weir.filters.rbac;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.Matcher;
import io.envoyproxy.envoy.config.rbac.v3.Action;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.weir.core.access.AccessRules;
import io.weir.core.access.Verdict;
import io.weir.http.config.tree.MatchTreeReader;
import io.weir.http.config.tree.PackedReader;
import io.weir.xds.access.RulesReader;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Reads the RBAC filter. */
public final class RbacReader implements ExtensionReader<RBAC, RbacSpec> {
    private static final String ACTION = "envoy.config.rbac.v3.Action";

    @Override
    public RBAC prototype() {
        return RBAC.getDefaultInstance();
    }

    @Override
    public Class<RbacSpec> kind() {
        return RbacSpec.class;
    }

    @Override
    public @Nullable RbacSpec read(RBAC config, ReadContext context) {
        boolean both = (config.hasRules() && config.hasMatcher())
                || (config.hasShadowRules() && config.hasShadowMatcher());
        if (both) {
            context.problem("", "", "rules and a matcher cannot both decide", "remove one of them");
            return null;
        }
        var rules = config.hasRules()
                ? rules(config.getRules(), context.at("rules"))
                : config.hasMatcher() ? tree(config.getMatcher(), context.at("matcher")) : null;
        var shadow = config.hasShadowRules()
                ? rules(config.getShadowRules(), context.at("shadow_rules"))
                : config.hasShadowMatcher() ? tree(config.getShadowMatcher(), context.at("shadow_matcher")) : null;
        boolean broken = (rules == null && (config.hasRules() || config.hasMatcher()))
                || (shadow == null && (config.hasShadowRules() || config.hasShadowMatcher()));
        return broken
                ? null
                : new RbacSpec(rules, config.getRulesStatPrefix(), shadow, config.getShadowRulesStatPrefix(),
                        config.getTrackPerRuleStats());
    }

    private static @Nullable Judge rules(io.envoyproxy.envoy.config.rbac.v3.RBAC message, ReadContext context) {
        var rules = new RulesReader<>(new RequestFactReader()).read(message, context);
        return rules == null
                ? null
                : new Judge.Rules(rules, RulesReader.action(message.getAction()) == AccessRules.Action.LOG);
    }

    private static @Nullable Judge tree(Matcher message, ReadContext context) {
        var logs = new AtomicBoolean();
        int before = context.problems().size();
        var tree = new MatchTreeReader<Verdict>((action, at) -> verdict(action, at, logs)).read(message, context);
        return tree == null || context.problems().size() > before ? null : new Judge.Tree(tree, logs.get());
    }

    private static @Nullable Verdict verdict(TypedExtensionConfig message, ReadContext at, AtomicBoolean logs) {
        var any = message.getTypedConfig();
        if (!PackedReader.type(any).equals(ACTION)) {
            at.problem("typed_config", PackedReader.type(any), "this is no action of RBAC", "use " + ACTION);
            return null;
        }
        var action = PackedReader.unpack(any, Action.parser(), at);
        if (action == null) {
            return null;
        }
        var kind = RulesReader.action(action.getAction());
        logs.compareAndSet(false, kind == AccessRules.Action.LOG);
        return AccessRules.verdict(kind, true, action.getName());
    }
}
