package io.weir.xds.chain;

import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.weir.core.chain.ChainMatch;
import io.weir.core.chain.Prefix;
import io.weir.core.chain.SourceType;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads which connections a filter chain is for. */
public final class ChainMatchReader {
    private static final Set<String> TRANSPORT_PROTOCOLS = Set.of("", "tls", "raw_buffer");

    private final FilterChainMatch match;
    private final Complaints complaints;

    private ChainMatchReader(FilterChainMatch match, Complaints complaints) {
        this.match = match;
        this.complaints = complaints;
    }

    /** What it says; where it says something wrong, the rest. */
    public static ChainMatch read(FilterChainMatch match, Complaints complaints) {
        return new ChainMatchReader(match, complaints).read();
    }

    private ChainMatch read() {
        if (!match.getAddressSuffix().isEmpty() || match.hasSuffixLen()) {
            complaints.problem(match.getAddressSuffix().isEmpty() ? "suffix_len" : "address_suffix",
                    match.getAddressSuffix(), "no proxy looks at the end of an address, Envoy neither",
                    "use prefix_ranges");
        }
        String transport = match.getTransportProtocol();
        if (!TRANSPORT_PROTOCOLS.contains(transport)) {
            complaints.problem("transport_protocol", transport, "no listener filter finds this protocol",
                    "write tls, or raw_buffer for what is not TLS");
        }
        return new ChainMatch(match.getDestinationPort().getValue(),
                prefixes("prefix_ranges", match.getPrefixRangesList()), names(), transport,
                match.getApplicationProtocolsList(),
                prefixes("direct_source_prefix_ranges", match.getDirectSourcePrefixRangesList()), sourceType(),
                prefixes("source_prefix_ranges", match.getSourcePrefixRangesList()), match.getSourcePortsList());
    }

    private SourceType sourceType() {
        return switch (match.getSourceType()) {
            case SAME_IP_OR_LOOPBACK -> SourceType.SAME_IP_OR_LOOPBACK;
            case EXTERNAL -> SourceType.EXTERNAL;
            case ANY, UNRECOGNIZED -> SourceType.ANY;
        };
    }

    /** In lower case, as names of hosts do not tell cases apart; a wildcard without its asterisk. */
    private List<String> names() {
        var names = new ArrayList<String>();
        for (int i = 0; i < match.getServerNamesCount(); i++) {
            String written = match.getServerNames(i);
            String name = written.toLowerCase(Locale.ROOT);
            boolean wild = name.startsWith("*.") && name.length() > 2;
            String rest = wild ? name.substring(1) : name;
            if (rest.isEmpty() || rest.indexOf('*') >= 0 || (!wild && rest.startsWith("."))) {
                complaints.problem("server_names[" + i + "]", written, "this is no server name",
                        "write a name such as www.example.com, or *.example.com for all names that end so");
            } else {
                names.add(rest);
            }
        }
        return names;
    }

    private List<Prefix> prefixes(String field, List<CidrRange> ranges) {
        var prefixes = new ArrayList<Prefix>();
        for (int i = 0; i < ranges.size(); i++) {
            CidrRange range = ranges.get(i);
            int bits = range.getPrefixLen().getValue();
            InetAddress address = address(range.getAddressPrefix());
            if (address == null || bits < 0 || bits > address.getAddress().length * Byte.SIZE) {
                complaints.problem(field + "[" + i + "]", range.getAddressPrefix() + "/" + bits, "this is no network",
                        "write an IP address and at most as many bits as it has: address_prefix 10.0.0.0,"
                                + " prefix_len 8");
            } else {
                prefixes.add(Prefix.of(address, bits));
            }
        }
        return prefixes;
    }

    private static @Nullable InetAddress address(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
