package io.weir.testkit.sim.fleet;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How much work a request is, in nanoseconds on an idle host of normal speed. Immutable. Logarithms are those of
 * {@link StrictMath}, so that a seed means the same on every machine.
 */
public sealed interface ServiceTime {
    /** No request is more work than this: a heavy tail has no end of its own. */
    long WORK_NANOS_MAX = 3_600_000_000_000L;

    /** Always the same. */
    record Constant(long nanos) implements ServiceTime {
    }

    /** Memoryless. */
    record Exponential(long meanNanos) implements ServiceTime {
    }

    /**
     * Its logarithm is normal: what most services look like.
     *
     * @param sigma
     *            standard deviation of the logarithm; 1 puts p99 at ten times the median
     */
    record LogNormal(long medianNanos, double sigma) implements ServiceTime {
    }

    /**
     * A heavy tail: the share above t is (least / t) ^ shape.
     *
     * @param shape
     *            above 1; the smaller, the heavier
     */
    record Pareto(long leastNanos, double shape) implements ServiceTime {
    }

    /** What was measured: points of the distribution function, rising in both, read along straight lines. */
    record Empirical(List<Point> points) implements ServiceTime {
        public Empirical {
            points = List.copyOf(points);
            if (points.isEmpty()) {
                throw new IllegalArgumentException("a distribution has at least one point");
            }
        }
    }

    /**
     * One point of a measured distribution.
     *
     * @param percent
     *            of requests that are no more work than this, 0 to 100
     */
    record Point(double percent, long nanos) {
    }

    /** One draw, at least 1 and at most {@link #WORK_NANOS_MAX}. */
    default long nanos(RandomGenerator dice) {
        double nanos = switch (this) {
            case Constant constant -> constant.nanos();
            case Exponential exponential -> -exponential.meanNanos() * StrictMath.log(above0(dice));
            case LogNormal normal -> normal.medianNanos() * StrictMath.exp(normal.sigma() * gaussian(dice));
            case Pareto pareto -> pareto.leastNanos() * StrictMath.pow(above0(dice), -1 / pareto.shape());
            case Empirical empirical -> between(empirical.points(), 100 * dice.nextDouble());
        };
        return (long) Math.clamp(nanos, 1.0, WORK_NANOS_MAX);
    }

    private static double above0(RandomGenerator dice) {
        return 1 - dice.nextDouble();
    }

    /** Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958; one of its two. */
    private static double gaussian(RandomGenerator dice) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(above0(dice)));
        return radius * StrictMath.cos(2 * Math.PI * dice.nextDouble());
    }

    private static double between(List<Point> points, double percent) {
        Point before = points.getFirst();
        for (Point point : points) {
            if (percent < point.percent()) {
                double width = point.percent() - before.percent();
                double part = width == 0 ? 0 : Math.max(0, percent - before.percent()) / width;
                return before.nanos() + part * (point.nanos() - before.nanos());
            }
            before = point;
        }
        return before.nanos();
    }
}
