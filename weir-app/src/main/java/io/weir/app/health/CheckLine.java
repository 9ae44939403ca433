package io.weir.app.health;

import io.weir.core.health.CheckEvent;
import io.weir.core.health.CheckResult;
import io.weir.core.model.AddressText;
import io.weir.core.model.Host;
import io.weir.core.model.Locality;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** What checks found out in the shape of Envoy's {@code HealthCheckEvent}. */
final class CheckLine {
    private CheckLine() {}

    static String of(CheckEvent event, Instant time) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("health_checker_type", event.spec().protocol().label());
        line.put("host", address(event.host().address()));
        line.put("cluster_name", event.cluster());
        switch (event.kind()) {
            case EJECTED -> line.put("eject_unhealthy_event", failure(event, false));
            case ADDED -> line.put("add_healthy_event", Map.of("first_check", event.first()));
            case SUCCEEDED -> line.put("successful_health_check_event", Map.of());
            case FAILED -> line.put("health_check_failure_event", failure(event, true));
            case DEGRADED -> line.put("degraded_healthy_host", Map.of());
            case NO_LONGER_DEGRADED -> line.put("no_longer_degraded_host", Map.of());
        }
        line.put("timestamp", time.toString());
        metadata(line, event.host());
        return JsonLine.of(line);
    }

    private static Map<String, Object> failure(CheckEvent event, boolean withFirst) {
        Map<String, Object> failure = new LinkedHashMap<>();
        CheckResult.Failure why = event.failure();
        failure.put("failure_type", why == null ? CheckResult.Failure.ACTIVE.word() : why.word());
        if (withFirst) {
            failure.put("first_check", event.first());
        }
        return failure;
    }

    private static void metadata(Map<String, Object> line, Host host) {
        if (!host.endpoint().metadata().isEmpty()) {
            line.put("metadata", Map.of("filter_metadata", host.endpoint().metadata()));
        }
        Locality locality = host.endpoint().locality();
        if (!locality.equals(Locality.UNKNOWN)) {
            Map<String, Object> where = new LinkedHashMap<>();
            where.put("region", locality.region());
            where.put("zone", locality.zone());
            where.put("sub_zone", locality.subZone());
            line.put("locality", where);
        }
    }

    private static Map<String, Object> address(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            Map<String, Object> socket = new LinkedHashMap<>();
            socket.put("protocol", "TCP");
            socket.put("address",
                    inet.isUnresolved() ? inet.getHostString() : AddressText.of(inet.getAddress()));
            socket.put("port_value", inet.getPort());
            return Map.of("socket_address", socket);
        }
        return Map.of("pipe", Map.of("path", AddressText.of(address)));
    }
}
