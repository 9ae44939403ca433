package io.weir.net.acme;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** Time and dice of what waits between its steps; a test has its own. */
interface Pace {
    Instant now();

    void pause(Duration time) throws InterruptedException;

    /** From 0 to less than 1. */
    double dice();

    /** The machine's. */
    Pace REAL = new Pace() {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void pause(Duration time) throws InterruptedException {
            Thread.sleep(time);
        }

        @Override
        public double dice() {
            return ThreadLocalRandom.current().nextDouble();
        }
    };
}
