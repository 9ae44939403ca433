package io.weir.http.filter.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose time is whose, on a clock that stands still until it is told to go on. */
class FilterTimesTest {
    private final Stats stats = new Stats();
    private final Scope manager = stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "in");
    private long nowNanos = 5_000_000_000L;
    private final FilterTimes times = new FilterTimes(() -> nowNanos);

    private void begin() {
        times.begin(FilterNumbers.of(List.of("a", "b"), manager));
    }

    private void passMicros(long micros) {
        nowNanos += micros * 1000;
    }

    private long sumMicros(String filter, String what) {
        return manager.child("filter").tagged("weir.http_filter_name", filter).histogram(what).cumulative().sum()
                / 1000;
    }

    @Test
    void whatOthersDoWithinACallIsTheirs() {
        begin();
        passMicros(9); // of nobody
        long first = times.enter(0);
        passMicros(10);
        long second = times.enter(1); // the first sends something
        passMicros(200);
        long out = times.enter(FilterTimes.OUTSIDE); // which the second sends on to the client
        passMicros(4000);
        assertThat(times.leave(out)).isTrue();
        passMicros(300);
        times.leave(second);
        passMicros(20);
        times.leave(first);
        passMicros(9);
        assertThat(times).hasToString("a=30+0,b=500+0");
        times.ended();
        assertThat(sumMicros("a", "work_ns")).isEqualTo(30);
        assertThat(sumMicros("b", "work_ns")).isEqualTo(500);
        assertThat(sumMicros("a", "held_ns")).isZero();
    }

    @Test
    void whatIsHeldCountsUntilItGoesOnOrTheRequestEnds() {
        begin();
        times.holds(0, false);
        passMicros(100);
        times.holds(0, false); // it has paused already
        times.holds(1, true);
        passMicros(50);
        assertThat(times).hasToString("a=0+150,b=0+50");
        times.goesOn(0, false);
        times.goesOn(0, true); // which it did not hold
        passMicros(1000);
        times.ended();
        assertThat(sumMicros("a", "held_ns")).isEqualTo(150);
        assertThat(sumMicros("b", "held_ns")).isEqualTo(1050);
    }

    @Test
    void nothingOfOneRequestIsCountedForTheNext() {
        begin();
        long before = times.enter(1);
        times.holds(0, true);
        passMicros(10);
        times.ended(); // within the call
        begin();
        passMicros(100);
        assertThat(times.leave(before)).isFalse();
        passMicros(100);
        times.ended();
        assertThat(sumMicros("a", "work_ns") + sumMicros("b", "work_ns")).isZero();
        assertThat(sumMicros("a", "held_ns")).isEqualTo(10);
        assertThat(times).hasToString("a=0+0,b=0+0");
    }
}
