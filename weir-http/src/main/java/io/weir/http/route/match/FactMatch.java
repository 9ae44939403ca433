package io.weir.http.route.match;

import io.weir.core.value.FilterState;
import io.weir.core.value.MetadataTest;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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

    /**
     * The client's certificate: Envoy's {@code tls_context}.
     *
     * @param presented
     *            whether there must be one; null: either way
     * @param validated
     *            whether it must have been checked with success; null: either way
     */
    record Certificate(@Nullable Boolean presented, @Nullable Boolean validated) implements FactMatch {
        @Override
        public boolean matches(RequestFacts facts) {
            var certificate = facts.clientCertificate();
            return (presented == null || presented == certificate.presented())
                    && (validated == null || validated == certificate.validated());
        }

        @Override
        public boolean saidByFilters() {
            return false;
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
