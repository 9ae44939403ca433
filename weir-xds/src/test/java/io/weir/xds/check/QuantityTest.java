package io.weir.xds.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.xds.check.Quantity.Fraction;
import io.weir.xds.check.Quantity.Seconds;
import io.weir.xds.check.Quantity.Whole;
import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class QuantityTest {

    @Test
    void aHighestBitIsASignOnlyWhereThereAreSigns() {
        assertThat(new Whole(-1, false)).isLessThan(new Whole(0, false));
        assertThat(new Whole(-1, true)).isGreaterThan(new Whole(Long.MAX_VALUE, true));
        assertThat(new Whole(-1, true).text()).isEqualTo("18446744073709551615");
        assertThat(Quantity.of(-1, true)).isEqualTo(new Whole(4_294_967_295L, true));
    }

    @Test
    void fractionsAreOrderedAndNoNumberIsNone() {
        assertThat(new Fraction(-0.0).compareTo(new Fraction(0.0))).isZero();
        assertThat(new Fraction(Double.NEGATIVE_INFINITY)).isLessThan(new Fraction(-1e300));
        assertThat(new Fraction(100.0).text()).isEqualTo("100");
        assertThat(Quantity.of(Float.NaN, false)).isNull();
    }

    @Test
    void secondsAreAsExactAsDecimals() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 10_000; i++) {
            Seconds one = seconds(random);
            Seconds two = seconds(random);
            int sign = random.nextBoolean() ? 1 : -1;
            BigDecimal sum = decimal(one).add(decimal(two).multiply(BigDecimal.valueOf(sign)));
            assertThat(decimal(one.plus(two, sign))).as("seed %d: %s %d %s", seed, one, sign, two)
                    .isEqualByComparingTo(sum);
            assertThat(Integer.signum(one.compareTo(two))).as("seed %d: %s %s", seed, one, two)
                    .isEqualTo(decimal(one).compareTo(decimal(two)));
            assertThat(new BigDecimal(one.text())).as("seed %d: %s", seed, one).isEqualByComparingTo(decimal(one));
        }
    }

    /** Small ones, so that carries and equal parts are frequent. */
    private static Seconds seconds(SplittableRandom random) {
        int sign = random.nextBoolean() ? 1 : -1;
        return new Seconds(sign * random.nextLong(3), sign * random.nextInt(4) * 333_333_333);
    }

    private static BigDecimal decimal(Seconds value) {
        return BigDecimal.valueOf(value.seconds()).add(BigDecimal.valueOf(value.nanos(), 9));
    }
}
