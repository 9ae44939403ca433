package io.weir.http.config;

import com.google.re2j.Pattern;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.type.matcher.v3.FilterStateMatcher;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.weir.core.value.FilterState;
import io.weir.http.config.tree.PackedReader;
import io.weir.http.config.tree.PredicateReader;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.match.FactMatch;
import io.weir.http.route.match.HeaderMatch;
import io.weir.http.route.match.HeaderMatch.Test;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.match.PathTemplate;
import io.weir.http.route.match.QueryMatch;
import io.weir.http.route.match.RouteMatch;
import io.weir.http.route.match.TextMatch;
import io.weir.http.route.tree.Network;
import io.weir.xds.compile.ReadContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads when a route applies, and the tests that filters have in common with routes. Any thread. */
public final class MatchReader {
    private static final String TEMPLATE = "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";

    private MatchReader() {}

    /** The match, or null after a problem with its path. */
    static @Nullable RouteMatch match(io.envoyproxy.envoy.config.route.v3.RouteMatch message, ReadContext context) {
        var path = path(message, context);
        var headers = new ArrayList<>(headers("headers", message.getHeadersList(), context));
        if (message.hasGrpc()) {
            var grpc = Pattern.compile("application/grpc(\\+.*)?");
            headers.add(new HeaderMatch("content-type", new Test.Text(new TextMatch.Regex(grpc)), false, false));
        }
        var query = queries("query_parameters", message.getQueryParametersList(), context);
        var share = message.hasRuntimeFraction()
                ? share(message.getRuntimeFraction().getDefaultValue())
                : RouteMatch.Share.ALL;
        var facts = facts(message, context);
        return path == null ? null : new RouteMatch(path, headers, query, share, facts);
    }

    private static List<FactMatch> facts(io.envoyproxy.envoy.config.route.v3.RouteMatch message,
            ReadContext context) {
        var facts = new ArrayList<FactMatch>();
        if (message.hasTlsContext()) {
            var tls = message.getTlsContext();
            facts.add(new FactMatch.Certificate(tls.hasPresented() ? tls.getPresented().getValue() : null,
                    tls.hasValidated() ? tls.getValidated().getValue() : null));
        }
        for (int i = 0; i < message.getDynamicMetadataCount(); i++) {
            var test = context.metadataTest("dynamic_metadata[" + i + "]", message.getDynamicMetadata(i));
            if (test != null) {
                facts.add(new FactMatch.Metadata(test));
            }
        }
        for (int i = 0; i < message.getFilterStateCount(); i++) {
            var state = message.getFilterState(i);
            var test = state(state, context.at("filter_state", i));
            if (test != null) {
                facts.add(new FactMatch.State(state.getKey(), test));
            }
        }
        return facts;
    }

    /** A test on what filters have left, or null after a problem. */
    public static @Nullable Predicate<FilterState.Value> state(FilterStateMatcher message, ReadContext at) {
        return switch (message.getMatcherCase()) {
            case STRING_MATCH -> {
                var text = TextReader.text(message.getStringMatch(), at.at("string_match"));
                yield text == null ? null : value -> passes(text, value.text());
            }
            case ADDRESS_MATCH -> {
                var networks = new ArrayList<Network>();
                var ranges = message.getAddressMatch().getRangesList();
                for (int i = 0; i < ranges.size(); i++) {
                    var range = ranges.get(i);
                    var network = PredicateReader.network(range.getAddressPrefix(), range.getPrefixLen().getValue(),
                            at.at("address_match").at("ranges", i));
                    if (network != null) {
                        networks.add(network);
                    }
                }
                yield value -> value.kind() == FilterState.Kind.ADDRESS && within(networks, value.text());
            }
            case MATCHER_NOT_SET -> null; // the API's rules tell
        };
    }

    private static boolean passes(TextMatch match, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return match.matches(bytes, 0, bytes.length);
    }

    private static boolean within(List<Network> networks, String address) {
        byte[] bytes = Network.parse(address);
        return bytes != null && networks.stream().anyMatch(network -> network.contains(bytes));
    }

    private static @Nullable PathMatch path(io.envoyproxy.envoy.config.route.v3.RouteMatch message,
            ReadContext context) {
        boolean ignoreCase = message.hasCaseSensitive() && !message.getCaseSensitive().getValue();
        return switch (message.getPathSpecifierCase()) {
            case PREFIX -> {
                reachable(message.getPrefix(), "prefix", context);
                yield new PathMatch.Prefix(message.getPrefix(), ignoreCase);
            }
            case PATH -> {
                reachable(message.getPath(), "path", context);
                yield new PathMatch.Exact(message.getPath(), ignoreCase);
            }
            case PATH_SEPARATED_PREFIX -> {
                reachable(message.getPathSeparatedPrefix(), "path_separated_prefix", context);
                yield new PathMatch.Separated(message.getPathSeparatedPrefix(), ignoreCase);
            }
            case SAFE_REGEX -> {
                var pattern = TextReader.pattern(message.getSafeRegex(), context.at("safe_regex"));
                yield pattern == null ? null : new PathMatch.Regex(pattern);
            }
            case CONNECT_MATCHER -> new PathMatch.Connect();
            case PATH_MATCH_POLICY ->
                template(message.getPathMatchPolicy(), context.at("path_match_policy").at("typed_config"));
            case PATHSPECIFIER_NOT_SET -> null; // the API's rules tell
        };
    }

    /** A test of a path without its query by a template, or null after a problem. */
    public static @Nullable PathMatch template(TypedExtensionConfig policy, ReadContext at) {
        var any = policy.getTypedConfig();
        if (!PackedReader.type(any).equals(TEMPLATE)) {
            at.problem("", PackedReader.type(any), "Weir does not know this way to match paths", "use " + TEMPLATE);
            return null;
        }
        var config = PackedReader.unpack(any, UriTemplateMatchConfig.parser(), at);
        if (config == null) {
            return null;
        }
        return switch (PathTemplate.of(config.getPathTemplate())) {
            case PathTemplate.Result.Ready(PathTemplate template) -> new PathMatch.Template(template);
            case PathTemplate.Result.Refused(String message, String cure) -> {
                at.problem("path_template", config.getPathTemplate(), message, cure);
                yield null;
            }
        };
    }

    private static void reachable(String path, String field, ReadContext context) {
        if (!path.isEmpty() && !path.startsWith("/")) {
            context.warning(field, path, "no request has such a path, so the route never applies", "begin it with /");
        } else if (path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
            context.warning(field, path, "the query is no part of the path here, so the route never applies",
                    "use query_parameters");
        }
    }

    /** A list of tests on header fields; those with problems are left out. */
    public static List<HeaderMatch> headers(String list, List<HeaderMatcher> messages, ReadContext context) {
        var matches = new ArrayList<HeaderMatch>();
        for (int i = 0; i < messages.size(); i++) {
            var match = header(messages.get(i), context.at(list, i));
            if (match != null) {
                matches.add(match);
            }
        }
        return matches;
    }

    /** A list of tests on the query; those with problems are left out. */
    public static List<QueryMatch> queries(String list, List<QueryParameterMatcher> messages, ReadContext context) {
        var matches = new ArrayList<QueryMatch>();
        for (int i = 0; i < messages.size(); i++) {
            var match = query(messages.get(i), context.at(list, i));
            if (match != null) {
                matches.add(match);
            }
        }
        return matches;
    }

    /** A test on header fields, or null after a problem. */
    public static @Nullable HeaderMatch header(HeaderMatcher message, ReadContext context) {
        if (!HeaderEdits.isName(message.getName(), true)) {
            context.problem("name", message.getName(), "not a header name",
                    "use letters, digits and hyphens, or :method, :path, :authority, :scheme");
            return null;
        }
        var test = test(message, context);
        return test == null
                ? null
                : new HeaderMatch(message.getName(), test, message.getInvertMatch(),
                        message.getTreatMissingHeaderAsEmpty());
    }

    @SuppressWarnings("deprecation") // the older forms are what many files still use
    private static @Nullable Test test(HeaderMatcher message, ReadContext context) {
        return switch (message.getHeaderMatchSpecifierCase()) {
            // an empty value of the older form asks for presence only, as in Envoy
            case EXACT_MATCH -> message.getExactMatch().isEmpty()
                    ? new Test.Text(TextMatch.prefix("", false))
                    : new Test.Text(TextMatch.exact(message.getExactMatch(), false));
            case PREFIX_MATCH -> new Test.Text(TextMatch.prefix(message.getPrefixMatch(), false));
            case SUFFIX_MATCH -> new Test.Text(TextMatch.suffix(message.getSuffixMatch(), false));
            case CONTAINS_MATCH -> new Test.Text(TextMatch.contains(message.getContainsMatch(), false));
            case SAFE_REGEX_MATCH ->
                text(TextReader.regex(message.getSafeRegexMatch(), context.at("safe_regex_match")));
            case STRING_MATCH -> text(TextReader.text(message.getStringMatch(), context.at("string_match")));
            case RANGE_MATCH -> new Test.Range(message.getRangeMatch().getStart(), message.getRangeMatch().getEnd());
            case PRESENT_MATCH -> new Test.Present(message.getPresentMatch());
            case HEADERMATCHSPECIFIER_NOT_SET -> new Test.Present(true);
        };
    }

    private static @Nullable Test text(@Nullable TextMatch match) {
        return match == null ? null : new Test.Text(match);
    }

    private static @Nullable QueryMatch query(QueryParameterMatcher message, ReadContext context) {
        return switch (message.getQueryParameterMatchSpecifierCase()) {
            case STRING_MATCH -> {
                var text = TextReader.text(message.getStringMatch(), context.at("string_match"));
                yield text == null ? null : QueryMatch.value(message.getName(), text);
            }
            case PRESENT_MATCH -> QueryMatch.present(message.getName(), message.getPresentMatch());
            case QUERYPARAMETERMATCHSPECIFIER_NOT_SET -> QueryMatch.present(message.getName(), true);
        };
    }

    /** A part of all requests. */
    public static RouteMatch.Share share(FractionalPercent percent) {
        long denominator = switch (percent.getDenominator()) {
            case HUNDRED, UNRECOGNIZED -> 100;
            case TEN_THOUSAND -> 10_000;
            case MILLION -> 1_000_000;
        };
        return new RouteMatch.Share(Integer.toUnsignedLong(percent.getNumerator()), denominator);
    }
}
