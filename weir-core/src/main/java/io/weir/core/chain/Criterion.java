package io.weir.core.chain;

import java.util.List;

/** The criteria of a chain, in the order in which Envoy's documentation of {@code FilterChainMatch} asks for them. */
enum Criterion {
    /** The port that the client connected to. */
    DESTINATION_PORT,
    /** The address that the client connected to. */
    DESTINATION,
    /** What its TLS asks for. */
    SERVER_NAME,
    /** TLS or not. */
    TRANSPORT_PROTOCOL,
    /** What it speaks. */
    APPLICATION_PROTOCOL,
    /** The address that the connection came from. */
    DIRECT_SOURCE,
    /** Where the client is. */
    SOURCE_TYPE,
    /** The client's address. */
    SOURCE,
    /** The client's port. */
    SOURCE_PORT;

    private static final Criterion[] ALL = values();

    /** Whether there is another behind it. */
    boolean hasNext() {
        return ordinal() + 1 < ALL.length;
    }

    Criterion next() {
        return ALL[ordinal() + 1];
    }

    /** What a chain asks for; empty: nothing. */
    List<?> wanted(ChainMatch match) {
        return switch (this) {
            case DESTINATION_PORT -> match.destinationPort() == 0 ? List.of() : List.of(match.destinationPort());
            case DESTINATION -> match.destinations();
            case SERVER_NAME -> match.serverNames();
            case TRANSPORT_PROTOCOL ->
                match.transportProtocol().isEmpty() ? List.of() : List.of(match.transportProtocol());
            case APPLICATION_PROTOCOL -> match.applicationProtocols();
            case DIRECT_SOURCE -> match.directSources();
            case SOURCE_TYPE -> match.sourceType() == SourceType.ANY ? List.of() : List.of(match.sourceType());
            case SOURCE -> match.sources();
            case SOURCE_PORT -> match.sourcePorts();
        };
    }
}
