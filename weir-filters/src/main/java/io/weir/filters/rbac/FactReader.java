package io.weir.filters.rbac;

import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.rbac.v3.Principal.Authenticated;
import io.envoyproxy.envoy.config.rbac.v3.SourcedMetadata;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.FilterStateMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.weir.core.access.Condition;
import io.weir.core.tls.TlsFacts;
import io.weir.core.value.MetadataSource;
import io.weir.http.config.MatchReader;
import io.weir.http.config.TextReader;
import io.weir.http.config.tree.PredicateReader;
import io.weir.http.filter.FilterExchange;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.match.TextMatch;
import io.weir.http.route.tree.Input;
import io.weir.http.route.tree.Predicate;
import io.weir.xds.compile.ReadContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the facts of requests. */
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

    static @Nullable Condition<FilterExchange> metadata(SourcedMetadata message, ReadContext context) {
        var at = context.at("metadata_matcher");
        return switch (message.getMetadataSource()) {
            case DYNAMIC, UNRECOGNIZED -> metadata(message.getMetadataMatcher(), at);
            case ROUTE -> {
                var test = at.metadataTest("", message.getMetadataMatcher());
                yield test == null
                        ? null
                        : new Condition.Fact<>(exchange -> test.passes(
                                exchange.formats().metadata(MetadataSource.ROUTE, test.path().namespace())));
            }
        };
    }

    /** Of the path without its query. */
    static @Nullable Condition<FilterExchange> template(TypedExtensionConfig message, ReadContext at) {
        var match = MatchReader.template(message, at.at("typed_config"));
        return match == null ? null : new Condition.Fact<>(exchange -> {
            var head = exchange.formats().request();
            return match.matches(head.bytes(), head.pathStart(), PathMatch.pathEnd(head));
        });
    }

    /** What filters have left under a key; nothing is nobody. */
    static @Nullable Condition<FilterExchange> state(FilterStateMatcher message, ReadContext at) {
        var test = MatchReader.state(message, at);
        return test == null ? null : new Condition.Fact<>(exchange -> {
            var value = exchange.formats().filterState(message.getKey());
            return value != null && test.test(value);
        });
    }

    static @Nullable Condition<FilterExchange> authenticated(Authenticated message, ReadContext at) {
        if (!message.hasPrincipalName()) {
            return new Condition.Fact<>(exchange -> certified(exchange.formats().tls(), null));
        }
        var match = TextReader.text(message.getPrincipalName(), at.at("principal_name"));
        return match == null ? null : new Condition.Fact<>(exchange -> certified(exchange.formats().tls(), match));
    }

    /**
     * Whether a client goes by a name, as its certificate says.
     *
     * @param name
     *            null: whatever the name is
     */
    static boolean certified(@Nullable TlsFacts tls, @Nullable TextMatch name) {
        return tls != null && tls.certified(each -> {
            byte[] bytes = each.getBytes(StandardCharsets.UTF_8);
            return name == null || name.matches(bytes, 0, bytes.length);
        });
    }
}
