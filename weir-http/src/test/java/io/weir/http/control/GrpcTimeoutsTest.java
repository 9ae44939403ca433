package io.weir.http.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Heads;
import org.junit.jupiter.api.Test;

class GrpcTimeoutsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long ROUTE = 15 * SECOND;

    private static HttpHead call(String timeout) {
        return Heads.to("/s/m", "content-type: application/grpc", "grpc-timeout: " + timeout);
    }

    private static long timeout(long max, long offset, String asked) {
        return new GrpcTimeouts(max, offset, GrpcTimeouts.UNUSED, 0).timeoutNanos(call(asked), ROUTE);
    }

    @Test
    void everyUnitIsRead() {
        assertThat(GrpcTimeouts.asked(call("2H"))).isEqualTo(7_200 * SECOND);
        assertThat(GrpcTimeouts.asked(call("3M"))).isEqualTo(180 * SECOND);
        assertThat(GrpcTimeouts.asked(call("4S"))).isEqualTo(4 * SECOND);
        assertThat(GrpcTimeouts.asked(call("5m"))).isEqualTo(5_000_000);
        assertThat(GrpcTimeouts.asked(call("6u"))).isEqualTo(6_000);
        assertThat(GrpcTimeouts.asked(call("99999999n"))).isEqualTo(99_999_999);
    }

    @Test
    void whatIsNoTimeoutIsTakenForNone() {
        for (String bad : new String[]{"", "S", "1", "1s", "-1S", "1.5S", "123456789S", "1 S"}) {
            assertThat(GrpcTimeouts.asked(call(bad))).describedAs(bad).isEqualTo(-1);
        }
        assertThat(GrpcTimeouts.asked(Heads.to("/"))).isEqualTo(-1);
    }

    @Test
    void theClientsTimeoutHoldsUpToTheGreatestAllowed() {
        assertThat(timeout(10 * SECOND, 0, "4S")).isEqualTo(4 * SECOND);
        assertThat(timeout(10 * SECOND, 0, "40S")).isEqualTo(10 * SECOND);
        assertThat(timeout(0, 0, "40S")).isEqualTo(40 * SECOND);
        assertThat(timeout(GrpcTimeouts.UNUSED, 0, "4S")).isEqualTo(ROUTE);
    }

    @Test
    void aCallWithoutATimeoutMayTakeTheLongest() {
        var times = new GrpcTimeouts(10 * SECOND, 0, GrpcTimeouts.UNUSED, 0);
        assertThat(times.timeoutNanos(Heads.to("/", "content-type: application/grpc"), ROUTE)).isEqualTo(10 * SECOND);
        assertThat(times.timeoutNanos(Heads.to("/"), ROUTE)).isEqualTo(ROUTE);
    }

    @Test
    void anOffsetIsTakenOffWhereItLeavesAnything() {
        assertThat(timeout(10 * SECOND, SECOND, "4S")).isEqualTo(3 * SECOND);
        assertThat(timeout(10 * SECOND, 5 * SECOND, "4S")).isEqualTo(4 * SECOND);
    }

    @Test
    void theStreamIsBoundedByTheFieldOrAsBefore() {
        var times = new GrpcTimeouts(GrpcTimeouts.UNUSED, 0, 10 * SECOND, SECOND);
        assertThat(times.durationNanos(call("4S"), 7)).isEqualTo(3 * SECOND);
        assertThat(times.durationNanos(call("40S"), 7)).isEqualTo(10 * SECOND);
        assertThat(times.durationNanos(Heads.to("/"), 7)).isEqualTo(7);
        assertThat(times.timeoutNanos(call("4S"), ROUTE)).isEqualTo(ROUTE);
    }

    @Test
    void theServerIsToldWhatHolds() {
        var times = new GrpcTimeouts(10 * SECOND, 0, GrpcTimeouts.UNUSED, 0);
        var call = call("40S");
        times.tell(call, times.timeoutNanos(call, ROUTE));
        assertThat(call.value(HeaderName.of("grpc-timeout"))).isEqualTo("10000m");
        assertThat(GrpcTimeouts.text(500)).isEqualTo("1m");
        assertThat(GrpcTimeouts.text(200_000 * SECOND)).isEqualTo("200000S");
    }
}
