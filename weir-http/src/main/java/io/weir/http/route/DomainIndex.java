package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the virtual host for an authority: the exact domain, else the longest {@code *.suffix}, else the longest
 * {@code prefix.*}, else {@code *}. A star stands for at least one character. Case does not matter. Immutable.
 */
final class DomainIndex {
    private final boolean ignorePort;
    private final BytesIndex<RouteIndex> exact;
    private final BytesIndex<RouteIndex> suffixes;
    private final BytesIndex<RouteIndex> prefixes;
    /** The lengths that occur, the longest first. */
    private final int[] suffixLengths;
    private final int[] prefixLengths;
    private final @Nullable RouteIndex any;

    DomainIndex(List<VirtualHost> hosts, boolean ignorePort) {
        this.ignorePort = ignorePort;
        var exactHosts = new HashMap<String, RouteIndex>();
        var suffixHosts = new HashMap<String, RouteIndex>();
        var prefixHosts = new HashMap<String, RouteIndex>();
        RouteIndex anyHost = null;
        for (var host : hosts) {
            var routes = new RouteIndex(host);
            for (String domain : host.domains()) {
                String lower = domain.toLowerCase(Locale.ROOT);
                if (lower.equals("*")) {
                    anyHost = routes;
                } else if (lower.startsWith("*")) {
                    suffixHosts.put(lower.substring(1), routes);
                } else if (lower.endsWith("*")) {
                    prefixHosts.put(lower.substring(0, lower.length() - 1), routes);
                } else {
                    exactHosts.put(lower, routes);
                }
            }
        }
        this.exact = new BytesIndex<>(exactHosts);
        this.suffixes = new BytesIndex<>(suffixHosts);
        this.prefixes = new BytesIndex<>(prefixHosts);
        this.suffixLengths = lengths(suffixHosts.keySet());
        this.prefixLengths = lengths(prefixHosts.keySet());
        this.any = anyHost;
    }

    @Nullable
    RouteIndex find(HttpHead head) {
        byte[] bytes = head.bytes();
        int from = head.authorityStart();
        int to = head.authorityEnd();
        if (ignorePort) {
            to = portStart(bytes, from, to);
        }
        if (from == to) {
            return any;
        }
        var found = exact.findLower(bytes, from, to);
        for (int i = 0; i < suffixLengths.length && found == null; i++) {
            if (suffixLengths[i] < to - from) {
                found = suffixes.findLower(bytes, to - suffixLengths[i], to);
            }
        }
        for (int i = 0; i < prefixLengths.length && found == null; i++) {
            if (prefixLengths[i] < to - from) {
                found = prefixes.findLower(bytes, from, from + prefixLengths[i]);
            }
        }
        return found == null ? any : found;
    }

    /** Where the port's colon stands, or {@code to}. An IPv6 address stands in brackets. */
    static int portStart(byte[] bytes, int from, int to) {
        for (int i = to - 1; i >= from && bytes[i] != ']'; i--) {
            if (bytes[i] == ':') {
                return i;
            }
        }
        return to;
    }

    private static int[] lengths(Set<String> keys) {
        return keys.stream().mapToInt(key -> -Substitution.bytes(key).length).distinct().sorted().map(n -> -n)
                .toArray();
    }
}
