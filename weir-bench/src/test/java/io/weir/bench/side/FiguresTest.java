package io.weir.bench.side;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class FiguresTest {
    @Test
    void theMedianStandsBeforeItsSpread() {
        assertThat(of(20, 18, 30).text()).isEqualTo("20.0 (18.0–30.0)");
        assertThat(of(1, 2).text()).isEqualTo("1.50 (1.00–2.00)");
        assertThat(of(7).text()).isEqualTo("7.0");
        assertThat(of().text()).isEqualTo("–");
    }

    @Test
    void aRatioIsTakenRoundByRound() {
        assertThat(of(10, 20, 90).ratioTo(of(20, 40, 180))).isEqualTo("0.50 (0.50–0.50)×");
        assertThat(of(10, 90, 20).ratioTo(of(20, 30, 10))).isEqualTo("2.00 (0.50–3.00)×");
        assertThat(of(10).ratioTo(of())).isEqualTo("–");
    }

    @Test
    void errorsAndRemarksAreTold() {
        Figures weir = of(10);
        weir.errors(3);
        weir.remark("a remark");
        assertThat(new Table().write(Map.of(Case.HTTP1_SMALL, Map.of("weir", weir)))).contains("3 ERRORS")
                .contains("a remark");
    }

    private static Figures of(double... values) {
        Figures figures = new Figures();
        for (double value : values) {
            figures.add(value);
        }
        return figures;
    }
}
