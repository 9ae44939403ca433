package io.weir.app.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.health.CheckEvent;
import io.weir.core.health.CheckEvent.Kind;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.OutlierEvent;
import io.weir.core.health.OutlierEvent.Action;
import io.weir.core.health.OutlierType;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.Locality;
import io.weir.core.rule.CheckSpec;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Lines of event logs, as Envoy writes the same messages. */
class EventLinesTest {
    private static final Instant TIME = Instant.parse("2026-11-27T12:00:00.250Z");
    private static final Host HOST = new Host(Endpoint.of(new InetSocketAddress("10.0.0.1", 80)));

    private static String check(Host host, Kind kind, @Nullable Failure failure, boolean first) {
        CheckSpec spec = CheckSpec.of(() -> "HTTP", CheckSpec.Timing.every(1, 1), 1, 1);
        return CheckLine.of(new CheckEvent("shop", host, spec, kind, failure, first, ""), TIME);
    }

    private static String expected(String event) {
        return "{\"health_checker_type\":\"HTTP\",\"host\":{\"socket_address\":{\"protocol\":\"TCP\","
                + "\"address\":\"10.0.0.1\",\"port_value\":80}},\"cluster_name\":\"shop\"," + event
                + ",\"timestamp\":\"2026-11-27T12:00:00.250Z\"}";
    }

    @Test
    void everyKindOfCheckEventHasItsField() {
        assertThat(check(HOST, Kind.EJECTED, Failure.NETWORK_TIMEOUT, false))
                .isEqualTo(expected("\"eject_unhealthy_event\":{\"failure_type\":\"NETWORK_TIMEOUT\"}"));
        assertThat(check(HOST, Kind.ADDED, null, true))
                .isEqualTo(expected("\"add_healthy_event\":{\"first_check\":true}"));
        assertThat(check(HOST, Kind.FAILED, Failure.RETRIABLE, false)).isEqualTo(
                expected("\"health_check_failure_event\":{\"failure_type\":\"ACTIVE\",\"first_check\":false}"));
        assertThat(check(HOST, Kind.SUCCEEDED, null, false))
                .isEqualTo(expected("\"successful_health_check_event\":{}"));
        assertThat(check(HOST, Kind.DEGRADED, null, false)).isEqualTo(expected("\"degraded_healthy_host\":{}"));
        assertThat(check(HOST, Kind.NO_LONGER_DEGRADED, null, false))
                .isEqualTo(expected("\"no_longer_degraded_host\":{}"));
    }

    @Test
    void metadataAndLocalityAreWrittenWhereThereAreAny() {
        Host host = new Host(HOST.endpoint().withLocality(new Locality("eu", "a", ""), 1)
                .withMetadata(Map.of("envoy.lb", Map.of("name", "line\n\"one\"\\"))));
        assertThat(check(host, Kind.ADDED, null, false))
                .contains("\"metadata\":{\"filter_metadata\":{\"envoy.lb\":{\"name\":"
                        + "\"line\\u000a\\\"one\\\"\\\\\"}}}")
                .endsWith("\"locality\":{\"region\":\"eu\",\"zone\":\"a\",\"sub_zone\":\"\"}}");
    }

    @Test
    void anOutlierHasWhatWasMeasuredOfIt() {
        assertThat(
                OutlierLine.of(
                        new OutlierEvent("shop", "10.0.0.1:80", OutlierType.CONSECUTIVE_5XX, Action.EJECT, true, -1, 1,
                                1, -1, -1, -1, "5 in a row"),
                        TIME))
                .isEqualTo("{\"type\":\"CONSECUTIVE_5XX\","
                        + "\"timestamp\":\"2026-11-27T12:00:00.250Z\",\"cluster_name\":\"shop\","
                        + "\"upstream_url\":\"10.0.0.1:80\",\"action\":\"EJECT\",\"num_ejections\":1,"
                        + "\"enforced\":true,\"eject_consecutive_event\":{},\"reason\":\"5 in a row\"}");
        assertThat(OutlierLine.of(new OutlierEvent("shop", "a:1", OutlierType.SUCCESS_RATE, Action.EJECT, false,
                2_500_000_000L, 3, 1, 60.4, 91, 80.5, ""), TIME)).contains("\"secs_since_last_action\":\"2\"",
                        "\"enforced\":false", "\"eject_success_rate_event\":{\"host_success_rate\":60,"
                                + "\"cluster_average_success_rate\":91,"
                                + "\"cluster_success_rate_ejection_threshold\":81}");
        assertThat(OutlierLine.of(new OutlierEvent("shop", "a:1", OutlierType.LATENCY, Action.UNEJECT, true, 1, 1, 1,
                -1, -1, -1, ""), TIME)).contains("\"action\":\"UNEJECT\"", "\"eject_latency_event\":{}");
    }

    @Test
    void whatIsWeirsOwnHasItsTypeItsActionAndTheReasonInWords() {
        assertThat(OutlierLine.of(OutlierEvent.unreachable("shop", "a:1", 2, "a connect failed"), TIME)).contains(
                "\"type\":\"UNREACHABLE\"", "\"action\":\"EJECT\"", "\"num_ejections\":2",
                "\"eject_unreachable_event\":{}", "\"reason\":\"a connect failed\"").doesNotContain("weight_percent");
        assertThat(OutlierLine.of(OutlierEvent.onTrial("shop", "a:1", 1_500_000_000L, 2, "on trial"), TIME)).contains(
                "\"action\":\"UNEJECT\"", "\"secs_since_last_action\":\"1\"");
        assertThat(OutlierLine.of(new OutlierEvent("shop", "a:1", OutlierType.LATENCY, Action.CUT_WEIGHT, true, -1, 0,
                0.254, 40, 10, 30, "slow"), TIME)).contains("\"action\":\"CUT_WEIGHT\"", "\"weight_percent\":25",
                        "\"host_latency_ms\":40", "\"reason\":\"slow\"");
    }
}
