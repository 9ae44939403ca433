package io.weir.core.model;

/** The health that the source of an endpoint announced with it: Envoy's {@code core.v3.HealthStatus}. */
public enum Announced {
    /** Nothing announced: taken as healthy. */
    UNKNOWN,
    /** Healthy. */
    HEALTHY,
    /** Not to be used. */
    UNHEALTHY,
    /** Going away: gets no new work. */
    DRAINING,
    /** Its health check timed out: not to be used. */
    TIMEOUT,
    /** To be used only where no healthy host is left. */
    DEGRADED;

    /** May get full traffic. */
    public boolean healthy() {
        return this == UNKNOWN || this == HEALTHY;
    }

    /** May get traffic at all: healthy or degraded. */
    public boolean usable() {
        return healthy() || this == DEGRADED;
    }
}
