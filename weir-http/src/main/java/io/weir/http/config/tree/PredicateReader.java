package io.weir.http.config.tree;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.Matcher.MatcherList;
import com.github.xds.type.matcher.v3.StringMatcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.extensions.matching.input_matchers.ip.v3.Ip;
import io.envoyproxy.envoy.extensions.matching.input_matchers.metadata.v3.Metadata;
import io.weir.core.value.MetadataPath;
import io.weir.core.value.MetadataTest;
import io.weir.http.route.match.TextMatch;
import io.weir.http.route.tree.Input;
import io.weir.http.route.tree.Network;
import io.weir.http.route.tree.Predicate;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads conditions of trees. */
public final class PredicateReader {
    private static final String IP = "envoy.extensions.matching.input_matchers.ip.v3.Ip";
    private static final String METADATA = "envoy.extensions.matching.input_matchers.metadata.v3.Metadata";

    private PredicateReader() {}

    /** The condition, or null after a problem. */
    static @Nullable Predicate read(MatcherList.Predicate message, ReadContext at) {
        return switch (message.getMatchTypeCase()) {
            case SINGLE_PREDICATE -> single(message.getSinglePredicate(), at.at("single_predicate"));
            case OR_MATCHER -> {
                var parts = parts(message.getOrMatcher(), at.at("or_matcher"));
                yield parts == null ? null : new Predicate.Or(parts);
            }
            case AND_MATCHER -> {
                var parts = parts(message.getAndMatcher(), at.at("and_matcher"));
                yield parts == null ? null : new Predicate.And(parts);
            }
            case NOT_MATCHER -> {
                var part = read(message.getNotMatcher(), at.at("not_matcher"));
                yield part == null ? null : new Predicate.Not(part);
            }
            case MATCHTYPE_NOT_SET -> null; // the API's rules tell
        };
    }

    private static @Nullable List<Predicate> parts(MatcherList.Predicate.PredicateList list, ReadContext at) {
        var parts = new ArrayList<Predicate>();
        for (int i = 0; i < list.getPredicateCount(); i++) {
            var part = read(list.getPredicate(i), at.at("predicate", i));
            if (part != null) {
                parts.add(part);
            }
        }
        return parts.size() == list.getPredicateCount() ? parts : null;
    }

    private static @Nullable Predicate single(MatcherList.Predicate.SinglePredicate message, ReadContext at) {
        var input = InputReader.read(message.getInput(), at.at("input"));
        if (message.hasCustomMatch() && PackedReader.type(message.getCustomMatch().getTypedConfig()).equals(METADATA)) {
            return said(input, message.getCustomMatch(), at.at("custom_match"));
        }
        Predicate.@Nullable ValueTest test = switch (message.getMatcherCase()) {
            case VALUE_MATCH -> {
                var text = text(message.getValueMatch(), at.at("value_match"));
                yield text == null ? null : new Predicate.Text(text);
            }
            case CUSTOM_MATCH -> custom(message.getCustomMatch(), at.at("custom_match"));
            case MATCHER_NOT_SET -> null; // the API's rules tell
        };
        return input == null || test == null ? null : new Predicate.Single(input, test);
    }

    /** A test on whatever filters have said, which need not be text. */
    private static @Nullable Predicate said(@Nullable Input input, TypedExtensionConfig message, ReadContext at) {
        var metadata = PackedReader.unpack(message.getTypedConfig(), Metadata.parser(), at);
        var test = metadata == null ? null : at.at("typed_config").valueTest("value", metadata.getValue());
        if (metadata == null || test == null || input == null) {
            return null;
        }
        if (!(input instanceof Input.Metadata(MetadataPath path))) {
            at.problem("typed_config", METADATA, "this matcher looks at dynamic metadata, and its input is none",
                    "use DynamicMetadataInput, or value_match");
            return null;
        }
        return new Predicate.Said(new MetadataTest(path, test, metadata.getInvert()));
    }

    private static @Nullable TextMatch text(StringMatcher matcher, ReadContext at) {
        boolean ignoreCase = matcher.getIgnoreCase();
        return switch (matcher.getMatchPatternCase()) {
            case EXACT -> TextMatch.exact(matcher.getExact(), ignoreCase);
            case PREFIX -> TextMatch.prefix(matcher.getPrefix(), ignoreCase);
            case SUFFIX -> TextMatch.suffix(matcher.getSuffix(), ignoreCase);
            case CONTAINS -> TextMatch.contains(matcher.getContains(), ignoreCase);
            case SAFE_REGEX -> {
                String regex = matcher.getSafeRegex().getRegex();
                try {
                    yield new TextMatch.Regex(Pattern.compile(regex));
                } catch (PatternSyntaxException e) {
                    at.problem("safe_regex.regex", regex, "not a regular expression: " + e.getDescription(),
                            "write it in RE2's syntax, which has no look-around and no back references");
                    yield null;
                }
            }
            case CUSTOM -> {
                at.problem("custom", matcher.getCustom().getName(), "Weir knows no custom string matchers",
                        "use exact, prefix, suffix, contains or safe_regex");
                yield null;
            }
            case MATCHPATTERN_NOT_SET -> null; // the API's rules tell
        };
    }

    private static Predicate.@Nullable ValueTest custom(TypedExtensionConfig message, ReadContext at) {
        var any = message.getTypedConfig();
        if (!PackedReader.type(any).equals(IP)) {
            at.problem("typed_config", PackedReader.type(any), "Weir does not know this matcher of values yet",
                    "use value_match, " + IP + " or " + METADATA);
            return null;
        }
        var ip = PackedReader.unpack(any, Ip.parser(), at);
        if (ip == null) {
            return null;
        }
        return new Predicate.Within(networks(ip.getCidrRangesList(), at.at("typed_config")));
    }

    /** {@code cidr_ranges} of the message at this place, without those that have a problem. */
    public static List<Network> networks(List<CidrRange> ranges, ReadContext context) {
        var networks = new ArrayList<Network>();
        for (int i = 0; i < ranges.size(); i++) {
            var range = ranges.get(i);
            var network = network(range.getAddressPrefix(), range.getPrefixLen().getValue(),
                    context.at("cidr_ranges", i));
            if (network != null) {
                networks.add(network);
            }
        }
        return networks;
    }

    /** A network, or null after a problem. */
    public static @Nullable Network network(String address, int prefixBits, ReadContext at) {
        var network = Network.of(address, prefixBits);
        if (network == null) {
            at.problem("", address + "/" + prefixBits, "this is no network",
                    "write an IP address and at most as many bits as it has: address_prefix 10.0.0.0, prefix_len 8");
        }
        return network;
    }
}
