package io.weir.core.access;

import java.util.List;
import java.util.function.Predicate;

/**
 * A condition on a subject, such as a request. Immutable; any thread; allocates nothing beside what facts do. Source:
 * Envoy's {@code Permission} and {@code Principal}, which are put together in the same way.
 *
 * @param <S>
 *            the subject
 */
public sealed interface Condition<S> {
    /** Whether it holds. */
    boolean holds(S subject);

    /** Always. */
    record Always<S>() implements Condition<S> {
        @Override
        public boolean holds(S subject) {
            return true;
        }
    }

    /** One thing that can be looked at. */
    record Fact<S>(Predicate<S> test) implements Condition<S> {
        @Override
        public boolean holds(S subject) {
            return test.test(subject);
        }
    }

    /** Not the other one. */
    record Not<S>(Condition<S> condition) implements Condition<S> {
        @Override
        public boolean holds(S subject) {
            return !condition.holds(subject);
        }
    }

    /** All of them. */
    record All<S>(List<Condition<S>> conditions) implements Condition<S> {
        public All {
            conditions = List.copyOf(conditions);
        }

        @Override
        public boolean holds(S subject) {
            for (int i = 0; i < conditions.size(); i++) {
                if (!conditions.get(i).holds(subject)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** At least one of them. */
    record Some<S>(List<Condition<S>> conditions) implements Condition<S> {
        public Some {
            conditions = List.copyOf(conditions);
        }

        @Override
        public boolean holds(S subject) {
            for (int i = 0; i < conditions.size(); i++) {
                if (conditions.get(i).holds(subject)) {
                    return true;
                }
            }
            return false;
        }
    }
}
