package io.weir.http.route.tree;

import io.weir.core.value.MetadataTest;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.RequestFacts;
import io.weir.http.route.match.TextMatch;
import java.util.List;

/** A condition on a request: xDS's {@code Matcher.MatcherList.Predicate}. Immutable. */
public sealed interface Predicate {
    /** Whether it holds. */
    boolean holds(HttpHead head, RequestFacts facts);

    /** Whether filters can change the answer by what they say. */
    boolean saidByFilters();

    /** A test on one value; a value that is not there passes none. */
    record Single(Input input, ValueTest test) implements Predicate {
        @Override
        public boolean holds(HttpHead head, RequestFacts facts) {
            return input.ask(head, facts, test);
        }

        @Override
        public boolean saidByFilters() {
            return input.saidByFilters();
        }
    }

    /** A test on what filters have said, of whatever type. */
    record Said(MetadataTest test) implements Predicate {
        @Override
        public boolean holds(HttpHead head, RequestFacts facts) {
            return test.passes(facts.dynamicMetadata(test.path().namespace()));
        }

        @Override
        public boolean saidByFilters() {
            return true;
        }
    }

    /** Any of these. */
    record Or(List<Predicate> parts) implements Predicate {
        public Or {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean holds(HttpHead head, RequestFacts facts) {
            for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i).holds(head, facts)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean saidByFilters() {
            return parts.stream().anyMatch(Predicate::saidByFilters);
        }
    }

    /** All of these. */
    record And(List<Predicate> parts) implements Predicate {
        public And {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean holds(HttpHead head, RequestFacts facts) {
            for (int i = 0; i < parts.size(); i++) {
                if (!parts.get(i).holds(head, facts)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public boolean saidByFilters() {
            return parts.stream().anyMatch(Predicate::saidByFilters);
        }
    }

    /** The other one does not hold. */
    record Not(Predicate part) implements Predicate {
        @Override
        public boolean holds(HttpHead head, RequestFacts facts) {
            return !part.holds(head, facts);
        }

        @Override
        public boolean saidByFilters() {
            return part.saidByFilters();
        }
    }

    /** What is asked of a value. */
    sealed interface ValueTest extends Question<Boolean> {
        @Override
        default Boolean absent() {
            return false;
        }
    }

    /** The value passes a test on text. */
    record Text(TextMatch match) implements ValueTest {
        @Override
        public Boolean of(byte[] bytes, int from, int to) {
            return match.matches(bytes, from, to);
        }
    }

    /** The value is an address in one of these networks. */
    record Within(List<Network> networks) implements ValueTest {
        public Within {
            networks = List.copyOf(networks);
        }

        @Override
        public Boolean of(byte[] bytes, int from, int to) {
            byte[] address = Network.parse(bytes, from, to);
            return address != null && networks.stream().anyMatch(network -> network.contains(address));
        }
    }
}
