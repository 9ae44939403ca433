package io.weir.core.value;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A test on a value, null where there is none. Immutable; any thread. Source: Envoy's {@code ValueMatcher}. */
public sealed interface ValueTest {
    /** Whether the value passes. */
    boolean passes(@Nullable Object value);

    /** Text that passes a test. */
    record Text(Predicate<String> test) implements ValueTest {
        @Override
        public boolean passes(@Nullable Object value) {
            return value instanceof String text && test.test(text);
        }
    }

    /**
     * A number.
     *
     * @param start
     *            the smallest one that passes
     * @param end
     *            the first behind those that pass; equal to {@code start} where only that one does
     */
    record Between(double start, double end) implements ValueTest {
        @Override
        public boolean passes(@Nullable Object value) {
            return value instanceof Double number && (start == end ? number == start : number >= start && number < end);
        }
    }

    /** Yes or no. */
    record Bool(boolean expected) implements ValueTest {
        @Override
        public boolean passes(@Nullable Object value) {
            return value instanceof Boolean said && said == expected;
        }
    }

    /** That there is one, or none. */
    record Present(boolean expected) implements ValueTest {
        @Override
        public boolean passes(@Nullable Object value) {
            return (value != null) == expected;
        }
    }

    /** A list of which one passes. */
    record OneOf(ValueTest test) implements ValueTest {
        @Override
        public boolean passes(@Nullable Object value) {
            if (value instanceof List<?> list) {
                for (Object each : list) {
                    if (test.passes(each)) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    /** Any of several tests. */
    record Any(List<ValueTest> tests) implements ValueTest {
        public Any {
            tests = List.copyOf(tests);
        }

        @Override
        public boolean passes(@Nullable Object value) {
            for (var test : tests) {
                if (test.passes(value)) {
                    return true;
                }
            }
            return false;
        }
    }
}
