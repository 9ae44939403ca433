package io.weir.xds.spec;

import java.util.List;

/** Some of all connections, by the port that they came to. Source: {@code ListenerFilterChainMatchPredicate}. */
public sealed interface PortMatch {
    /** Whether a connection to this port is one of them. */
    default boolean matches(int port) {
        return switch (this) {
            case Always all -> all == Always.ALL;
            case Range(int from, int to) -> port >= from && port < to;
            case AnyOf(List<PortMatch> parts) -> parts.stream().anyMatch(part -> part.matches(port));
            case AllOf(List<PortMatch> parts) -> parts.stream().allMatch(part -> part.matches(port));
            case Not(PortMatch other) -> !other.matches(port);
        };
    }

    /** What no port decides. */
    enum Always implements PortMatch {
        /** Every connection. */
        ALL,
        /** None. */
        NONE
    }

    /** Ports from the first to before the second. */
    record Range(int from, int to) implements PortMatch {
    }

    /** What fits one of these. */
    record AnyOf(List<PortMatch> parts) implements PortMatch {
        public AnyOf {
            parts = List.copyOf(parts);
        }
    }

    /** What fits all of these. */
    record AllOf(List<PortMatch> parts) implements PortMatch {
        public AllOf {
            parts = List.copyOf(parts);
        }
    }

    /** What does not fit this. */
    record Not(PortMatch other) implements PortMatch {
    }
}
