package io.weir.testkit.sim.page;

import io.weir.testkit.sim.engine.Percentiles;
import java.util.List;
import java.util.stream.LongStream;

/** Latencies on a logarithmic axis; what never came stands at its far end. */
record TimeScale(double least, double most) {
    private static final List<Long> MARKS = LongStream
            .iterate(1_000, mark -> mark <= 10_000_000_000_000L, TimeScale::next)
            .boxed().toList();

    private static long next(long mark) {
        long leading = mark;
        while (leading >= 10) {
            leading /= 10;
        }
        // 1, 3, 10, 30 ...: even steps on the axis
        return leading == 1 ? mark * 3 : mark / 3 * 10;
    }

    /** Wide enough for all of these. */
    static TimeScale of(LongStream latencies) {
        long[] known = latencies.filter(nanos -> nanos > 0 && nanos != Percentiles.NEVER_NANOS).toArray();
        double least = LongStream.of(known).min().orElse(1_000_000) / 1.25;
        double most = LongStream.of(known).max().orElse(10_000_000) * 1.25;
        return new TimeScale(Math.max(least, 1), Math.max(most, least * 10));
    }

    /** From 0 at the least to 1 at the most. */
    double at(long nanos) {
        if (nanos == Percentiles.NEVER_NANOS) {
            return 1;
        }
        double share = StrictMath.log(Math.max((double) nanos, 1) / least) / StrictMath.log(most / least);
        return Math.clamp(share, 0.0, 1.0);
    }

    /** What to write along it. */
    List<Long> marks() {
        return MARKS.stream().filter(mark -> mark >= least && mark <= most).toList();
    }
}
