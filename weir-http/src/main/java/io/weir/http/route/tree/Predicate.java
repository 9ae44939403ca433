package io.weir.http.route.tree;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.Peers;
import io.weir.http.route.match.TextMatch;
import java.util.List;

/** A condition on a request: xDS's {@code Matcher.MatcherList.Predicate}. Immutable. */
public sealed interface Predicate {
    /** Whether it holds. */
    boolean holds(HttpHead head, Peers peers);

    /** A test on one value; a value that is not there passes none. */
    record Single(Input input, ValueTest test) implements Predicate {
        @Override
        public boolean holds(HttpHead head, Peers peers) {
            return input.ask(head, peers, test);
        }
    }

    /** Any of these. */
    record Or(List<Predicate> parts) implements Predicate {
        public Or {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean holds(HttpHead head, Peers peers) {
            for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i).holds(head, peers)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** All of these. */
    record And(List<Predicate> parts) implements Predicate {
        public And {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean holds(HttpHead head, Peers peers) {
            for (int i = 0; i < parts.size(); i++) {
                if (!parts.get(i).holds(head, peers)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The other one does not hold. */
    record Not(Predicate part) implements Predicate {
        @Override
        public boolean holds(HttpHead head, Peers peers) {
            return !part.holds(head, peers);
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
