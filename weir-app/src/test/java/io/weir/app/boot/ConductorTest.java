package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConductorTest {
    @Test
    void whoWaitsHearsOfEveryFailureAndTheConductorGoesOn() {
        try (Conductor conductor = new Conductor()) {
            assertThatThrownBy(() -> conductor.call(() -> {
                throw new NoClassDefFoundError("io/weir/Gone");
            })).hasRootCauseInstanceOf(NoClassDefFoundError.class);
            assertThat(conductor.call(() -> 7)).isEqualTo(7);
        }
    }
}
