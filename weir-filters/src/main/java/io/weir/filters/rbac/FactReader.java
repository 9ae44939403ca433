package io.weir.filters.rbac;

import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.MetadataSource;
import io.envoyproxy.envoy.config.rbac.v3.SourcedMetadata;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.weir.core.access.Condition;
import io.weir.http.config.MatchReader;
import io.weir.http.config.TextReader;
import io.weir.http.config.tree.PredicateReader;
import io.weir.http.filter.FilterExchange;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.TextMatch;
import io.weir.http.route.tree.Input;
import io.weir.http.route.tree.Predicate;
import io.weir.xds.compile.ReadContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what permissions and principals look at alike. */
final class FactReader {
    private FactReader() {}

    static @Nullable Condition<FilterExchange> header(HeaderMatcher message, ReadContext at) {
        var match = MatchReader.header(message, at);
        return match == null ? null : new Condition.Fact<>(exchange -> match.matches(exchange.formats().request()));
    }

    /** Of the path without its query. */
    static @Nullable Condition<FilterExchange> path(PathMatcher message, ReadContext at) {
        var match = TextReader.text(message.getPath(), at.at("path"));
        return match == null ? null : new Condition.Fact<>(exchange -> path(exchange, match));
    }

    private static boolean path(FilterExchange exchange, TextMatch match) {
        byte[] path = HeadText.bytes(exchange.formats().request().path());
        int end = 0;
        while (end < path.length && path[end] != '?' && path[end] != '#') {
            end++;
        }
        return match.matches(path, 0, end);
    }

    static @Nullable Condition<FilterExchange> network(CidrRange message, Input.Connection.End end, ReadContext at) {
        var network = PredicateReader.network(message.getAddressPrefix(), message.getPrefixLen().getValue(), at);
        if (network == null) {
            return null;
        }
        var within = new Predicate.Single(new Input.Connection(end, false), new Predicate.Within(List.of(network)));
        return new Condition.Fact<>(
                exchange -> within.holds(exchange.formats().request(), exchange.formats()));
    }

    /** The port that the client connected to, {@code first} to {@code last}. */
    static Condition<FilterExchange> port(long first, long last) {
        return new Condition.Fact<>(exchange -> {
            String address = exchange.formats().downstreamLocalAddress();
            int colon = address.lastIndexOf(':');
            long port = -1;
            for (int i = colon + 1; colon >= 0 && i < address.length(); i++) {
                int digit = address.charAt(i) - '0';
                if (digit < 0 || digit > 9) {
                    return false; // a socket of this machine has no port
                }
                port = Math.max(0, port) * 10 + digit;
            }
            return port >= first && port <= last;
        });
    }

    static @Nullable Condition<FilterExchange> serverName(StringMatcher message, ReadContext at) {
        var match = TextReader.text(message, at);
        return match == null ? null : new Condition.Fact<>(exchange -> {
            String name = exchange.formats().requestedServerName();
            byte[] bytes = HeadText.bytes(name == null ? "" : name);
            return match.matches(bytes, 0, bytes.length);
        });
    }

    static @Nullable Condition<FilterExchange> metadata(MetadataMatcher message, ReadContext at) {
        var test = at.metadataTest("", message);
        return test == null
                ? null
                : new Condition.Fact<>(
                        exchange -> test.passes(exchange.metadata().namespace(test.path().namespace())));
    }

    static @Nullable Condition<FilterExchange> metadata(SourcedMetadata message, ReadContext at) {
        if (message.getMetadataSource() == MetadataSource.ROUTE) {
            at.problem("metadata_source", "ROUTE", "rules do not look at metadata of routes yet",
                    "write rules on the route, in typed_per_filter_config");
            return null;
        }
        return metadata(message.getMetadataMatcher(), at.at("metadata_matcher"));
    }
}
