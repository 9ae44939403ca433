package io.weir.core.admit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CarryoverTest {
    private record Key(String text) {
    }

    private static StringBuilder of(Carryover carryover, String key) {
        return carryover.of(new Key(key), StringBuilder.class, StringBuilder::new);
    }

    @Test
    void whatIsEqualIsCarriedOverInItsOrderAndWhatIsNotBeginsAnew() {
        var first = new Carryover();
        var a = of(first, "a");
        var secondA = of(first, "a");
        var b = of(first, "b");
        assertThat(a).isNotSameAs(secondA);
        var next = first.next();
        assertThat(of(next, "b")).isSameAs(b);
        assertThat(of(next, "a")).isSameAs(a);
        assertThat(of(next, "a")).isSameAs(secondA);
        assertThat(of(next, "a")).isNotSameAs(a).isNotSameAs(secondA);
        assertThat(of(next, "c")).isNotSameAs(b);
    }

    @Test
    void aConfigurationThatIsRefusedTakesNothingAway() {
        var first = new Carryover();
        var a = of(first, "a");
        of(first.next(), "a");
        assertThat(of(first.next(), "a")).isSameAs(a);
    }

    @Test
    void whatAConfigurationNoLongerHasIsForgotten() {
        var first = new Carryover();
        var a = of(first, "a");
        assertThat(of(first.next().next(), "a")).isNotSameAs(a);
    }
}
