package io.weir.xds.access;

import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.weir.core.access.AccessRules;
import io.weir.core.access.Condition;
import io.weir.core.access.Policy;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads rules. */
public final class RulesReader<S> {
    private final Facts<S> facts;

    /** Rules about what these facts look at. */
    public RulesReader(Facts<S> facts) {
        this.facts = facts;
    }

    /** Reads a permission or a principal. */
    private interface One<M, S> {
        @Nullable
        Condition<S> read(M message, ReadContext at);
    }

    /** Null after a problem: rules of which a part is missing would let in whom they should not. */
    public @Nullable AccessRules<S> read(RBAC message, ReadContext context) {
        var policies = new ArrayList<Policy<S>>();
        message.getPoliciesMap().forEach((name, policy) -> {
            var at = context.at("policies[" + name + "]");
            var permissions = list("permissions", policy.getPermissionsList(), this::permission, at);
            var principals = list("principals", policy.getPrincipalsList(), this::principal, at);
            for (int i = 0; i < policy.getPrincipalsCount() && message.getAction() != RBAC.Action.LOG; i++) {
                laxer(policy.getPrincipals(i), message.getAction() == RBAC.Action.ALLOW, at.at("principals", i));
            }
            if (permissions != null && principals != null) {
                policies.add(new Policy<>(name, new Condition.Some<>(permissions), new Condition.Some<>(principals)));
            }
        });
        return policies.size() == message.getPoliciesCount()
                ? new AccessRules<>(action(message.getAction()), policies)
                : null;
    }

    /** What follows where a policy matches. */
    public static AccessRules.Action action(RBAC.Action action) {
        return switch (action) {
            case ALLOW -> AccessRules.Action.ALLOW;
            case DENY, UNRECOGNIZED -> AccessRules.Action.DENY;
            case LOG -> AccessRules.Action.LOG;
        };
    }

    private @Nullable Condition<S> permission(Permission message, ReadContext at) {
        return switch (message.getRuleCase()) {
            case AND_RULES -> all(list("rules", message.getAndRules().getRulesList(), this::permission,
                    at.at("and_rules")));
            case OR_RULES -> some(list("rules", message.getOrRules().getRulesList(), this::permission,
                    at.at("or_rules")));
            case NOT_RULE -> not(permission(message.getNotRule(), at.at("not_rule")));
            case ANY -> new Condition.Always<>();
            case RULE_NOT_SET -> null; // the API's rules tell
            default -> facts.permission(message, at);
        };
    }

    private @Nullable Condition<S> principal(Principal message, ReadContext at) {
        return switch (message.getIdentifierCase()) {
            case AND_IDS -> all(list("ids", message.getAndIds().getIdsList(), this::principal, at.at("and_ids")));
            case OR_IDS -> some(list("ids", message.getOrIds().getIdsList(), this::principal, at.at("or_ids")));
            case NOT_ID -> not(principal(message.getNotId(), at.at("not_id")));
            case ANY -> new Condition.Always<>();
            case IDENTIFIER_NOT_SET -> null; // the API's rules tell
            default -> facts.principal(message, at);
        };
    }

    /**
     * Warns where more would be let in than by Envoy. To Envoy whoever speaks TLS is authenticated where no name is
     * asked for; here only those are whose certificate was checked.
     *
     * @param admits
     *            whether those that match are let in
     */
    private static void laxer(Principal message, boolean admits, ReadContext at) {
        switch (message.getIdentifierCase()) {
            case AND_IDS -> laxer("ids", message.getAndIds().getIdsList(), admits, at.at("and_ids"));
            case OR_IDS -> laxer("ids", message.getOrIds().getIdsList(), admits, at.at("or_ids"));
            case NOT_ID -> laxer(message.getNotId(), !admits, at.at("not_id"));
            case AUTHENTICATED -> {
                if (!admits && !message.getAuthenticated().hasPrincipalName()) {
                    at.warning("authenticated", "{}", "this denies clients whose certificate was checked, where Envoy"
                            + " denies all that speak TLS: those without a certificate are let in here",
                            "deny by principal_name or by address, or any: true for everybody");
                }
            }
            default -> {
                // the same here and there
            }
        }
    }

    private static void laxer(String list, List<Principal> messages, boolean admits, ReadContext at) {
        for (int i = 0; i < messages.size(); i++) {
            laxer(messages.get(i), admits, at.at(list, i));
        }
    }

    private static <S> @Nullable Condition<S> all(@Nullable List<Condition<S>> read) {
        return read == null ? null : new Condition.All<>(read);
    }

    private static <S> @Nullable Condition<S> some(@Nullable List<Condition<S>> read) {
        return read == null ? null : new Condition.Some<>(read);
    }

    private static <S> @Nullable Condition<S> not(@Nullable Condition<S> read) {
        return read == null ? null : new Condition.Not<>(read);
    }

    /** All or none: what is missing would let in whom it should not. */
    private static <M, S> @Nullable List<Condition<S>> list(String list, List<M> messages, One<M, S> one,
            ReadContext context) {
        var conditions = new ArrayList<Condition<S>>();
        for (int i = 0; i < messages.size(); i++) {
            var condition = one.read(messages.get(i), context.at(list, i));
            if (condition != null) {
                conditions.add(condition);
            }
        }
        return conditions.size() == messages.size() ? conditions : null;
    }
}
