package io.weir.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.value.FilterState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept of a connection while it is seen by one set of filters after another. */
class ConnectionMemoryTest {
    private final ConnectionMemory memory = new ConnectionMemory();
    private final Object first = new Object();
    private final Object second = new Object();
    private final Object third = new Object();

    /** What makes one limit like another. */
    private record Limit(int tokens) {
    }

    private String kept(Object place, int tokens, String fresh) {
        return memory.of(place, new Limit(tokens), String.class, () -> fresh);
    }

    @Test
    void whatAFilterKeepsStaysWhileTheSameFiltersSeeTheConnection() {
        memory.seenBy(first);
        assertThat(kept(this, 1, "kept")).isEqualTo("kept");
        memory.seenBy(first);
        assertThat(kept(this, 1, "anew")).isEqualTo("kept");
    }

    @Test
    void placesThatAreAlikeKeepEachItsOwn() {
        memory.seenBy(first);
        assertThat(kept("one", 1, "kept at one")).isEqualTo("kept at one");
        assertThat(kept("two", 1, "kept at two")).isEqualTo("kept at two");
        assertThat(kept("one", 1, "anew")).isEqualTo("kept at one");
    }

    @Test
    void whatIsLikeAPlaceOfBeforeTakesOverWhatThatHasKeptAndOnce() {
        memory.seenBy(first);
        kept("one", 1, "kept");
        memory.seenBy(second);
        assertThat(kept("other", 2, "of another kind")).isEqualTo("of another kind");
        assertThat(kept("two", 1, "anew")).isEqualTo("kept");
        assertThat(kept("three", 1, "anew")).isEqualTo("anew");
        memory.seenBy(third);
        assertThat(kept("two", 1, "anew once more")).isEqualTo("kept");
        assertThat(kept("four", 1, "anew once more")).isEqualTo("anew");
    }

    @Test
    void whatNobodyHasAskedForMeanwhileStaysAsDoesWhatIsLeftUnderKeys() {
        memory.seenBy(first);
        kept("one", 1, "kept");
        kept("two", 2, "kept too");
        FilterState state = memory.state();
        memory.seenBy(second);
        assertThat(kept("other", 2, "anew")).isEqualTo("kept too");
        memory.seenBy(third);
        memory.seenBy(first);
        assertThat(kept("three", 2, "anew")).isEqualTo("kept too");
        assertThat(kept("four", 1, "anew")).isEqualTo("kept");
        assertThat(kept("five", 1, "anew")).as("once").isEqualTo("anew");
        assertThat(memory.state()).isSameAs(state);
    }

    @Test
    void ofWhatNobodyAsksForTheOldestGoesWhenItIsTooMuch() {
        for (int filters = 0; filters < ConnectionMemory.UNASKED_MAX + 2; filters++) {
            memory.seenBy(List.of(filters));
            kept("at " + filters, filters, "kept");
        }
        memory.seenBy(first);
        assertThat(kept("one", 0, "anew")).isEqualTo("anew");
        for (int filters = 1; filters < ConnectionMemory.UNASKED_MAX + 2; filters++) {
            assertThat(kept("place " + filters, filters, "anew")).isEqualTo("kept");
        }
    }
}
