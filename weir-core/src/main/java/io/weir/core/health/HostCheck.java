package io.weir.core.health;

import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import org.jspecify.annotations.Nullable;

/** What active checks remember of one host. The conductor's. */
final class HostCheck {
    final Host host;
    /** What its endpoint says of checks, as the probe has it. */
    Endpoint.Check rule;
    Prober.@Nullable Probe probe;
    /** When the next check begins; means nothing while one is under way. */
    long dueNanos;
    boolean underWay;
    /** No check has ended yet: the first one decides alone. */
    boolean first = true;
    int successes;
    int failures;
    /** No longer checked: whatever still comes of it does not count. */
    boolean over;

    HostCheck(Host host) {
        this.host = host;
        this.rule = host.endpoint().check();
    }

    void end() {
        over = true;
        Prober.Probe used = probe;
        if (used != null) {
            used.close();
        }
    }
}
