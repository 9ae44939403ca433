package io.weir.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.value.FilterState;
import org.junit.jupiter.api.Test;

/** What is kept of a connection while it is seen by one set of filters after another. */
class ConnectionMemoryTest {
    private final ConnectionMemory memory = new ConnectionMemory();
    private final Object first = new Object();
    private final Object second = new Object();

    @Test
    void whatAFilterKeepsStaysWhileTheSameFiltersSeeTheConnection() {
        memory.seenBy(first);
        assertThat(memory.of(this, String.class, () -> "kept")).isEqualTo("kept");
        memory.seenBy(first);
        assertThat(memory.of(this, String.class, () -> "anew")).isEqualTo("kept");
    }

    @Test
    void whatFiltersOfBeforeHaveKeptGoesAndWhatIsLeftUnderKeysStays() {
        memory.seenBy(first);
        memory.of(this, String.class, () -> "kept");
        FilterState state = memory.state();
        memory.seenBy(second);
        assertThat(memory.of(this, String.class, () -> "anew")).isEqualTo("anew");
        assertThat(memory.state()).isSameAs(state);
    }
}
