package io.weir.stream.access;

import io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC;
import io.weir.core.access.AccessRules;
import io.weir.xds.access.RulesReader;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads the network filter RBAC. */
public final class AccessReader implements ExtensionReader<RBAC, AccessSpec> {
    @Override
    public RBAC prototype() {
        return RBAC.getDefaultInstance();
    }

    @Override
    public Class<AccessSpec> kind() {
        return AccessSpec.class;
    }

    @Override
    public @Nullable AccessSpec read(RBAC config, ReadContext context) {
        var facts = new ConnectionFactReader();
        var reader = new RulesReader<>(facts);
        var rules = config.hasRules() ? reader.read(config.getRules(), context.at("rules")) : null;
        var shadow = config.hasShadowRules()
                ? reader.read(config.getShadowRules(), context.at("shadow_rules"))
                : null;
        boolean broken = (rules == null && config.hasRules()) || (shadow == null && config.hasShadowRules());
        return broken
                ? null
                : new AccessSpec(config.getStatPrefix(), rules,
                        RulesReader.action(config.getRules().getAction()) == AccessRules.Action.LOG, shadow,
                        config.getShadowRulesStatPrefix(), Math.max(0, Plain.nanos(config.getDelayDeny())),
                        facts.askedForServerName());
    }
}
