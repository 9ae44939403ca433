package io.weir.core.chain;

import java.util.List;

/**
 * Which connections a filter chain is for: those that fit every criterion. An empty list, an empty text and port 0 ask
 * for nothing. Source: Envoy's {@code FilterChainMatch}. Immutable.
 *
 * @param destinationPort
 *            the port that the client connected to
 * @param destinations
 *            the address that the client connected to
 * @param serverNames
 *            in lower case; one that starts with a dot is for all names that end so
 * @param transportProtocol
 *            {@code tls} or {@code raw_buffer}
 * @param applicationProtocols
 *            what the client offers by ALPN, or what it speaks without TLS: {@code http/1.1}, {@code h2c}
 * @param directSources
 *            the address that the connection came from
 * @param sources
 *            the client's address: another one, where a proxy before us tells of it
 * @param sourcePorts
 *            the client's port
 */
public record ChainMatch(int destinationPort, List<Prefix> destinations, List<String> serverNames,
        String transportProtocol, List<String> applicationProtocols, List<Prefix> directSources, SourceType sourceType,
        List<Prefix> sources, List<Integer> sourcePorts) {
    /** Every connection. */
    public static final ChainMatch ALL = new ChainMatch(0, List.of(), List.of(), "", List.of(), List.of(),
            SourceType.ANY, List.of(), List.of());

    public ChainMatch {
        destinations = List.copyOf(destinations);
        serverNames = List.copyOf(serverNames);
        applicationProtocols = List.copyOf(applicationProtocols);
        directSources = List.copyOf(directSources);
        sources = List.copyOf(sources);
        sourcePorts = List.copyOf(sourcePorts);
    }

    /** The same for connections to this name alone. */
    public ChainMatch withServerName(String name) {
        return new ChainMatch(destinationPort, destinations, List.of(name), transportProtocol, applicationProtocols,
                directSources, sourceType, sources, sourcePorts);
    }
}
