package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.BytesIndex;
import io.weir.http.route.match.HeadText;
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
    private final BytesIndex<HostIndex> exact;
    private final BytesIndex<HostIndex> suffixes;
    private final BytesIndex<HostIndex> prefixes;
    /** The lengths that occur, the longest first. */
    private final int[] suffixLengths;
    private final int[] prefixLengths;
    private final @Nullable HostIndex any;

    DomainIndex(List<VirtualHost> hosts, boolean ignorePort) {
        this.ignorePort = ignorePort;
        var exactHosts = new HashMap<String, HostIndex>();
        var suffixHosts = new HashMap<String, HostIndex>();
        var prefixHosts = new HashMap<String, HostIndex>();
        HostIndex anyHost = null;
        for (var host : hosts) {
            var routes = new HostIndex(host);
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
    HostIndex find(HttpHead head) {
        byte[] bytes = head.bytes();
        int from = head.authorityStart();
        int to = head.authorityEnd();
        if (ignorePort) {
            to = HeadText.portStart(bytes, from, to);
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

    private static int[] lengths(Set<String> keys) {
        return keys.stream().mapToInt(key -> -HeadText.bytes(key).length).distinct().sorted().map(n -> -n)
                .toArray();
    }
}
