package io.weir.testkit.sim.file;

import io.weir.core.model.Admission;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.model.CircuitLimits;
import io.weir.core.rule.HealthRules;
import io.weir.testkit.sim.fleet.Clients.Counts;
import io.weir.testkit.sim.fleet.Contender;
import io.weir.xds.resource.Nearest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one policy to compare: its name, or a mapping from its name to what differs from Envoy's defaults, with a label
 * and other rules of the cluster beside it.
 */
final class ContenderForm {
    private static final List<String> BESIDE = List.of("label", "counts", "ejection", "requests_max",
            "outlier_detection", "health_checks", "subset", "aperture", "slow_start", "localities");

    private ContenderForm() {}

    static @Nullable Contender read(Form form, Counts counts) {
        if (form.single()) {
            BalancePolicy policy = policy(form.text(), null, form);
            return policy == null
                    ? null
                    : new Contender(form.text(), Balancing.DEFAULT.withPolicy(policy), Admission.DEFAULT,
                            HealthRules.DEFAULT, counts);
        }
        List<String> keys = new ArrayList<>(PolicyForm.NAMES);
        keys.addAll(BESIDE);
        String name = form.mapping("a policy", keys).oneOf("the policy", PolicyForm.NAMES);
        Form options = name == null ? null : form.part(name);
        if (name == null) {
            return null;
        }
        BalancePolicy policy = policy(name, options, form);
        if (policy == null) {
            return null;
        }
        Balancing balancing = RulesForm.balancing(form, Balancing.DEFAULT.withPolicy(policy));
        return new Contender(form.text("label", name), balancing, admission(form), RulesForm.health(form), counts);
    }

    private static @Nullable BalancePolicy policy(String name, @Nullable Form options, Form form) {
        BalancePolicy policy = PolicyForm.read(name, options);
        if (policy == null) {
            form.problem("there is no such policy", Nearest.cure(name, PolicyForm.NAMES,
                    "write one of " + String.join(", ", PolicyForm.NAMES)));
        }
        return policy;
    }

    private static Admission admission(Form form) {
        CircuitLimits usual = CircuitLimits.DEFAULT;
        int requests = form.whole("requests_max", 0, Integer.MAX_VALUE, usual.requestsMax());
        return Admission.DEFAULT.withLimits(usual.withRequestsMax(requests));
    }
}
