package io.weir.http.route.match;

import io.weir.core.value.FilterState;
import io.weir.core.value.MetadataTest;
import java.util.function.Predicate;

/** A test on what is known of a request beside its head. Immutable; any thread. */
public sealed interface FactMatch {
    /** Whether the request passes. */
    boolean matches(RequestFacts facts);

    /** Whether filters can change the answer. */
    boolean saidByFilters();

    /** What filters have said: Envoy's {@code dynamic_metadata}. */
    record Metadata(MetadataTest test) implements FactMatch {
        @Override
        public boolean matches(RequestFacts facts) {
            return test.passes(facts.dynamicMetadata(test.path().namespace()));
        }

        @Override
        public boolean saidByFilters() {
            return true;
        }
    }

    /** What filters have left under a key: Envoy's {@code filter_state}. Nothing passes no test. */
    record State(String key, Predicate<FilterState.Value> test) implements FactMatch {
        @Override
        public boolean matches(RequestFacts facts) {
            var value = facts.filterState(key);
            return value != null && test.test(value);
        }

        @Override
        public boolean saidByFilters() {
            return true;
        }
    }
}
