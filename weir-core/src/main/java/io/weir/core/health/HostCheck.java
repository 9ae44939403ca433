package io.weir.core.health;

import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import org.jspecify.annotations.Nullable;

/** What active checks remember of one host. The conductor's. */
final class HostCheck {
    /** How a check changes what is thought of its host: Envoy's {@code HealthTransition}. */
    enum Transition {
        /** Not at all. */
        NONE,
        /** Not yet: more such results in a row are needed. */
        PENDING,
        /** It was out and is in, or the other way round. */
        CHANGED
    }

    final Host host;
    private final long number;
    /** What its endpoint says of checks, as the probe has it. */
    Endpoint.Check rule;
    Prober.@Nullable Probe probe;
    /** When the next check begins; means nothing while one is under way. */
    long dueNanos;
    boolean underWay;
    /** No check has ended yet: the first one decides alone. */
    boolean first = true;
    /** What checks have found out, and workers have told the conductor: they may have flagged the host since. */
    boolean out;
    boolean degraded;
    int successes;
    int failures;
    /** No longer checked: whatever still comes of it does not count. */
    boolean over;

    /**
     * @param number
     *            its own among those of its cluster
     */
    HostCheck(Host host, long number) {
        this.host = host;
        this.number = number;
        this.rule = host.endpoint().check();
    }

    /** Whose check is due first; of several at the same time, whose number is less. */
    static int byTime(HostCheck one, HostCheck other) {
        int time = Long.signum(one.dueNanos - other.dueNanos);
        return time != 0 ? time : Long.compare(one.number, other.number);
    }

    /** What a success of it means, in words. */
    String success(boolean back) {
        if (first) {
            return "its first health check succeeded";
        }
        return back
                ? "its health checks succeed again: " + successes + " in a row"
                : "a health check succeeded";
    }

    void end() {
        over = true;
        Prober.Probe used = probe;
        if (used != null) {
            used.close();
        }
    }
}
