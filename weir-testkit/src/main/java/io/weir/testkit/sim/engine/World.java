package io.weir.testkit.sim.engine;

import io.weir.core.model.Host;
import io.weir.testkit.sim.fleet.Calls;
import io.weir.testkit.sim.fleet.Scenario;
import java.util.List;

/** What every request of one run shares. */
record World(Scenario scenario, Timeline timeline, List<Server> servers, Recorder recorder) {
    long nowNanos() {
        return timeline.nowNanos();
    }

    Calls calls() {
        return scenario.calls();
    }

    Server server(Host host) {
        return servers.get(Client.number(host));
    }
}
