package io.weir.core.health;

import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import org.jspecify.annotations.Nullable;

/**
 * Something that checks found out, as Envoy's {@code HealthCheckEvent} tells it.
 *
 * @param failure
 *            of {@link Kind#EJECTED} and {@link Kind#FAILED}; else null
 * @param first
 *            whether it was the host's first check
 * @param reason
 *            in words
 */
public record CheckEvent(String cluster, Host host, CheckSpec spec, Kind kind, CheckResult.@Nullable Failure failure,
        boolean first, String reason) {
    /** What. */
    public enum Kind {
        /** The host is out. */
        EJECTED,
        /** The host is in. */
        ADDED,
        /** A check was successful, and it is to be told. */
        SUCCEEDED,
        /** A check failed, and it is to be told. */
        FAILED,
        /** The host is in, and others are to be preferred. */
        DEGRADED,
        /** The host is as good as the others again. */
        NO_LONGER_DEGRADED
    }
}
