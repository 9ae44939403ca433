package io.weir.filters.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.filters.cache.Flights.Landing;
import io.weir.filters.cache.Flights.Role;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who goes, who waits, and what they hear. */
final class FlightsTest {
    private static final long SECOND = 1_000_000_000L;

    private final Flights flights = new Flights();
    private final List<Landing> heard = new ArrayList<>();

    private Role join(long nowNanos) {
        return flights.join("k", heard::add, nowNanos);
    }

    @Test
    void afterOneHasWaitedTooLongAllGoAndNobodyWaitsForAWhile() {
        assertThat(List.of(join(0), join(0), join(0))).containsExactly(Role.LEAD, Role.WAIT, Role.WAIT);
        flights.givenUp("k", SECOND);
        assertThat(heard).containsExactly(Landing.PRIVATE, Landing.PRIVATE);
        assertThat(join(2 * SECOND)).isEqualTo(Role.ALONE);
        assertThat(join(12 * SECOND)).isEqualTo(Role.WAIT);
        flights.landed("k", Landing.LOST, 12 * SECOND);
        assertThat(heard).hasSize(3).endsWith(Landing.LOST);
    }

    @Test
    void whatIsKeptAfterAllMayBeWaitedForAgain() {
        join(0);
        join(0);
        flights.givenUp("k", SECOND);
        flights.landed("k", Landing.STORED, 2 * SECOND);
        assertThat(heard).containsExactly(Landing.PRIVATE);
        assertThat(join(3 * SECOND)).isEqualTo(Role.LEAD);
    }

    @Test
    void aHeadThatComesIsKnownUntilItsFlightIsOver() {
        assertThat(flights.coming("k")).isFalse();
        join(0);
        assertThat(flights.coming("k")).isFalse();
        flights.comes("k");
        assertThat(flights.coming("k")).isTrue();
        flights.landed("k", Landing.STORED, 0);
        assertThat(flights.coming("k")).isFalse();
    }
}
