package io.weir.bench.side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class OptionsTest {
    @Test
    void everyCaseIsMeasuredUnlessSomeAreNamed() {
        assertThat(Options.parse(new String[0]).cases()).containsExactly(Case.values());
        assertThat(Options.parse(new String[]{"--cases", "tcp-bulk,http1-small"}).cases())
                .containsExactly(Case.TCP_BULK, Case.HTTP1_SMALL);
    }

    @Test
    void weirIsLeftOutWhenOnlyPeersAreWanted() {
        assertThat(Options.parse(new String[]{"--peers-only"}).weir()).isNull();
        assertThat(Options.parse(new String[]{"--weir", "/opt/weir"}).weir()).hasToString("/opt/weir");
    }

    @Test
    void whatIsNotUnderstoodIsSaid() {
        assertThatThrownBy(() -> Options.parse(new String[]{"--round", "3"})).hasMessageContaining("--round");
        assertThatThrownBy(() -> Options.parse(new String[]{"--rounds"})).hasMessageContaining("wants a value");
        assertThatThrownBy(() -> Options.parse(new String[]{"--rounds", "-1"})).hasMessageContaining("from 0 up");
        assertThatThrownBy(() -> Options.parse(new String[]{"--cases", "http9"})).hasMessageContaining("http1-small");
    }
}
