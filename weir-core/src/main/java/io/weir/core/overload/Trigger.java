package io.weir.core.overload;

/** When something is done, by the pressure on one resource. Envoy's {@code overload.v3.Trigger}. Immutable. */
public sealed interface Trigger {
    /** The name of the monitor whose pressure counts. */
    String monitor();

    /**
     * How much is done, from 0, nothing, to 1, saturated. Never less for a higher pressure.
     *
     * @param pressure
     *            the share of the resource that is in use, from 0; may be more than 1
     */
    double state(double pressure);

    /** What it waits for, for people. */
    String text();

    /** All or nothing, from this pressure on. */
    record Threshold(String monitor, double value) implements Trigger {
        @Override
        public double state(double pressure) {
            return pressure >= value ? 1 : 0;
        }

        @Override
        public String text() {
            return "from " + value + " on";
        }
    }

    /**
     * In a straight line from nothing at one pressure to all at another.
     *
     * @param saturation
     *            more than {@code scaling}
     */
    record Scaled(String monitor, double scaling, double saturation) implements Trigger {
        public Scaled {
            if (!(saturation > scaling)) {
                throw new IllegalArgumentException(scaling + " to " + saturation);
            }
        }

        @Override
        public double state(double pressure) {
            if (pressure <= scaling) {
                return 0;
            }
            return pressure >= saturation ? 1 : (pressure - scaling) / (saturation - scaling);
        }

        @Override
        public String text() {
            return "from " + scaling + " to " + saturation;
        }
    }
}
