package io.weir.observe.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.core.model.AccessLogSpec.Comparison;
import io.weir.core.model.AccessLogSpec.Filter;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecordFilterTest {
    private final Ended ended = new Ended();

    private boolean admits(Filter filter) {
        return RecordFilter.of(filter).admits(ended);
    }

    @Test
    void noFilterAdmitsEverything() {
        assertThat(RecordFilter.of(null).admits(ended)).isTrue();
    }

    @Test
    void statusAndDurationAreCompared() {
        assertThat(admits(new Filter.Status(Comparison.GE, 200))).isTrue();
        assertThat(admits(new Filter.Status(Comparison.GE, 201))).isFalse();
        assertThat(admits(new Filter.Status(Comparison.LE, 199))).isFalse();
        assertThat(admits(new Filter.Status(Comparison.EQ, 200))).isTrue();
        assertThat(admits(new Filter.Status(Comparison.NE, 200))).isFalse();
        assertThat(admits(new Filter.Duration(Comparison.GE, 12))).isTrue();
        assertThat(admits(new Filter.Duration(Comparison.GE, 13))).isFalse();
    }

    @Test
    void flagsAreAnyOfThoseNamedOrAnyAtAll() {
        Filter any = new Filter.Flags(Set.of());
        Filter some = new Filter.Flags(Set.of("UF", "UH"));
        assertThat(admits(any) || admits(some)).isFalse();
        ended.flags = ResponseFlag.NR.bit();
        assertThat(admits(any)).isTrue();
        assertThat(admits(some)).isFalse();
        ended.flags = ResponseFlag.UH.bit();
        assertThat(admits(some)).isTrue();
        assertThatThrownBy(() -> RecordFilter.of(new Filter.Flags(Set.of("XX")))).hasMessageContaining("XX");
    }

    @Test
    void andAndOrCombine() {
        Filter yes = new Filter.Status(Comparison.EQ, 200);
        Filter no = new Filter.Status(Comparison.EQ, 1);
        assertThat(admits(new Filter.And(List.of(yes, yes)))).isTrue();
        assertThat(admits(new Filter.And(List.of(yes, no)))).isFalse();
        assertThat(admits(new Filter.Or(List.of(no, yes)))).isTrue();
        assertThat(admits(new Filter.Or(List.of(no, no)))).isFalse();
    }
}
