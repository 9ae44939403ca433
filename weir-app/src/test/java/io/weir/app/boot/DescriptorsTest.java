package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DescriptorsTest {
    private static final String HEAD = "Limit                     Soft Limit           Hard Limit           Units     ";

    @Test
    void theSoftLimitOfFilesIsFoundAmongTheOthers() {
        assertThat(Descriptors.most(List.of(HEAD, "Max cpu time              unlimited            unlimited   seconds",
                "Max open files            20000                524288               files     ")))
                .isEqualTo(20_000);
    }

    @Test
    void noLimitAndNoKnowledgeAreTwoThings() {
        assertThat(Descriptors.most(List.of("Max open files            unlimited            unlimited   files")))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(Descriptors.most(List.of(HEAD))).isEqualTo(Descriptors.UNKNOWN);
        assertThat(Descriptors.most(List.of("Max open files            many   many   files")))
                .isEqualTo(Descriptors.UNKNOWN);
    }

    @Test
    void aConnectionThatIsPassedOnTakesTwo() {
        assertThat(Descriptors.connections(1024, 24)).isEqualTo(500);
        assertThat(Descriptors.connections(10, 24)).isZero();
        assertThat(Descriptors.connections(10, Descriptors.UNKNOWN)).isEqualTo(5);
    }

    @Test
    void thisProcessHasSomeOpenAndMayHaveMore() {
        assertThat(Descriptors.open()).isPositive().isLessThan(Descriptors.most());
    }
}
