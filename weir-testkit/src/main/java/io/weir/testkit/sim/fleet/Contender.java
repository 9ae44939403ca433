package io.weir.testkit.sim.fleet;

import io.weir.core.model.Admission;
import io.weir.core.model.Balancing;
import io.weir.core.rule.HealthRules;

/**
 * One way to balance, to be compared with others on the same scenario.
 *
 * @param label
 *            what tables and pictures call it
 */
public record Contender(String label, Balancing balancing, Admission admission, HealthRules health,
        Clients.Counts counts) {
}
