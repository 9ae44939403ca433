package io.weir.core.overload;

import org.jspecify.annotations.Nullable;

/** Where single requests and connections can be given up while a resource is short, by Envoy's names. */
public enum ShedPoint {
    /** A connection that has just been accepted is closed. */
    TCP_LISTENER_ACCEPT("envoy.load_shed_points.tcp_listener_accept"),
    /** A connection is closed before anything is kept for its protocol. */
    HCM_ONDATA_CREATING_CODEC("envoy.load_shed_points.hcm_ondata_creating_codec"),
    /** A request is answered with 503 when its head has come. */
    DECODE_HEADERS("envoy.load_shed_points.http_connection_manager_decode_headers"),
    /** A request that would go to a host is answered with 503 when its head has passed the filters. */
    DOWNSTREAM_FILTER_CHECK("envoy.load_shed_points.http_downstream_filter_check"),
    /** A request of HTTP/1 is answered with 500 before its head is read, and its connection ends. */
    HTTP1_ABORT_DISPATCH("envoy.load_shed_points.http1_server_abort_dispatch"),
    /** A connection of HTTP/2 is told with its next bytes that it is to end with what it has under way. */
    HTTP2_GO_AWAY("envoy.load_shed_points.http2_server_go_away_on_dispatch"),
    /** A connection of HTTP/2 is ended with its next bytes, whatever is under way. */
    HTTP2_GO_AWAY_AND_CLOSE("envoy.load_shed_points.http2_server_go_away_and_close_on_dispatch"),
    /** No further connection to a host is made: a request that needs one fails or waits for those there are. */
    NEW_UPSTREAM_CONNECTION("envoy.load_shed_points.connection_pool_new_connection");

    private final String fullName;

    ShedPoint(String fullName) {
        this.fullName = fullName;
    }

    /** As in configurations, stats and logs. */
    public String fullName() {
        return fullName;
    }

    /** The point of this name; null: there is none. */
    public static @Nullable ShedPoint of(String fullName) {
        for (ShedPoint each : values()) {
            if (each.fullName.equals(fullName)) {
                return each;
            }
        }
        return null;
    }
}
