package io.weir.net.acme;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Time that goes by when somebody waits, and dice that always fall the same. */
final class SimulatedPace implements Pace {
    final List<Duration> pauses = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-28T00:00:00Z");

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public void pause(Duration time) {
        pauses.add(time);
        now = now.plus(time);
    }

    @Override
    public double dice() {
        return 0.5;
    }
}
