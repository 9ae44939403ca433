package io.weir.testkit.sim.engine;

import io.weir.core.rule.CheckProtocol;

/** A health check that asks a simulated server how it is. */
public record SimulatedCheck() implements CheckProtocol {
    @Override
    public String label() {
        return "SIMULATED";
    }
}
