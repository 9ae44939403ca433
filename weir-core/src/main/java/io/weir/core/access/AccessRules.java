package io.weir.core.access;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Policies, and what follows where one matches. Immutable; any thread; allocates nothing. Source: Envoy's {@code RBAC}.
 */
public final class AccessRules<S> {
    /** What follows where a policy matches. */
    public enum Action {
        /** The subject may, and no other. */
        ALLOW,
        /** The subject may not, and all others may. */
        DENY,
        /** It is written down; everybody may. */
        LOG
    }

    private record Ruling<S>(Policy<S> policy, Verdict verdict) {
    }

    private final List<Ruling<S>> rulings;
    private final Verdict otherwise;

    /**
     * Rules.
     *
     * @param policies
     *            are asked in the order of their names, which decides which one is told
     */
    public AccessRules(Action action, List<Policy<S>> policies) {
        var sorted = new ArrayList<>(policies);
        sorted.sort(Comparator.comparing(Policy::name));
        this.rulings = sorted.stream().map(policy -> new Ruling<>(policy, verdict(action, true, policy.name())))
                .toList();
        this.otherwise = verdict(action, false, "");
    }

    /** What an action makes of a subject that a policy matches, or that none does. */
    public static Verdict verdict(Action action, boolean matched, String policy) {
        return switch (action) {
            case ALLOW -> new Verdict(matched, false, policy);
            case DENY -> new Verdict(!matched, false, policy);
            case LOG -> new Verdict(true, matched, policy);
        };
    }

    /** Decides about a subject: by the first policy that matches. */
    public Verdict judge(S subject) {
        for (int i = 0; i < rulings.size(); i++) {
            var ruling = rulings.get(i);
            if (ruling.policy().matches(subject)) {
                return ruling.verdict();
            }
        }
        return otherwise;
    }
}
