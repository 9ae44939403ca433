package io.weir.core.overload;

import org.jspecify.annotations.Nullable;

/** What can be done everywhere at once while a resource is short, by Envoy's names ({@code overload.proto}). */
public enum Action {
    /** New requests are answered with 503, each with the action's chance. */
    STOP_ACCEPTING_REQUESTS("envoy.overload_actions.stop_accepting_requests"),
    /** Connections end with what they have under way, each request with the action's chance. */
    DISABLE_HTTP_KEEPALIVE("envoy.overload_actions.disable_http_keepalive"),
    /** New connections wait in the kernel's queues; while saturated. */
    STOP_ACCEPTING_CONNECTIONS("envoy.overload_actions.stop_accepting_connections"),
    /** New connections are closed before anything is read, each with the action's chance. */
    REJECT_INCOMING_CONNECTIONS("envoy.overload_actions.reject_incoming_connections"),
    /** Timeouts are shortened, the more the closer to saturation. */
    REDUCE_TIMEOUTS("envoy.overload_actions.reduce_timeouts"),
    /** Streams that hold the most bytes are reset, the smaller ones too the closer to saturation. */
    RESET_HIGH_MEMORY_STREAM("envoy.overload_actions.reset_high_memory_stream"),
    /** Clients' connections that have rested for long are closed, for less long while saturated. */
    CLOSE_IDLE_HTTP_CONNECTIONS("envoy.overload_actions.close_idle_http_connections"),
    /** Garbage is collected, now and then; while saturated. */
    SHRINK_HEAP("envoy.overload_actions.shrink_heap");

    private final String fullName;

    Action(String fullName) {
        this.fullName = fullName;
    }

    /** As in configurations, stats and logs. */
    public String fullName() {
        return fullName;
    }

    /** The action of this name; null: there is none. */
    public static @Nullable Action of(String fullName) {
        for (Action each : values()) {
            if (each.fullName.equals(fullName)) {
                return each;
            }
        }
        return null;
    }
}
