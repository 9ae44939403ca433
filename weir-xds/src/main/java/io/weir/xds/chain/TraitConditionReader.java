package io.weir.xds.chain;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.Matcher.MatcherList.Predicate;
import com.github.xds.type.matcher.v3.StringMatcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.envoyproxy.envoy.extensions.matching.input_matchers.ip.v3.Ip;
import io.weir.core.access.Condition;
import io.weir.core.chain.Prefix;
import io.weir.core.chain.Trait;
import io.weir.core.chain.Traits;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads conditions on connections. */
final class TraitConditionReader {
    private static final String INPUTS = "envoy.extensions.matching.common_inputs.network.v3.";
    private static final String IP = "envoy.extensions.matching.input_matchers.ip.v3.Ip";

    private final Complaints complaints;
    private final Set<Trait> asked;

    /**
     * @param asked
     *            gets what the conditions ask for
     */
    TraitConditionReader(Complaints complaints, Set<Trait> asked) {
        this.complaints = complaints;
        this.asked = asked;
    }

    /** The condition, or null after a problem. */
    @Nullable
    Condition<Traits> read(Predicate message, String at) {
        return switch (message.getMatchTypeCase()) {
            case SINGLE_PREDICATE -> single(message.getSinglePredicate(), at + ".single_predicate");
            case OR_MATCHER -> {
                var parts = parts(message.getOrMatcher(), at + ".or_matcher");
                yield parts == null ? null : new Condition.Some<>(parts);
            }
            case AND_MATCHER -> {
                var parts = parts(message.getAndMatcher(), at + ".and_matcher");
                yield parts == null ? null : new Condition.All<>(parts);
            }
            case NOT_MATCHER -> {
                var part = read(message.getNotMatcher(), at + ".not_matcher");
                yield part == null ? null : new Condition.Not<>(part);
            }
            case MATCHTYPE_NOT_SET -> null; // the API's rules tell
        };
    }

    private @Nullable List<Condition<Traits>> parts(Predicate.PredicateList list, String at) {
        var parts = new ArrayList<Condition<Traits>>();
        for (int i = 0; i < list.getPredicateCount(); i++) {
            var part = read(list.getPredicate(i), at + ".predicate[" + i + "]");
            if (part != null) {
                parts.add(part);
            }
        }
        return parts.size() == list.getPredicateCount() ? parts : null;
    }

    private @Nullable Condition<Traits> single(Predicate.SinglePredicate message, String at) {
        Trait by = trait(message.getInput(), at + ".input", complaints);
        if (by != null) {
            asked.add(by);
        }
        return switch (message.getMatcherCase()) {
            case VALUE_MATCH -> {
                java.util.function.Predicate<String> test = text(message.getValueMatch(), at + ".value_match");
                yield by == null || test == null ? null : new Condition.Fact<>(traits -> {
                    String value = by.of(traits);
                    return value != null && test.test(value);
                });
            }
            case CUSTOM_MATCH -> within(by, message.getCustomMatch(), at + ".custom_match.typed_config");
            case MATCHER_NOT_SET -> null; // the API's rules tell
        };
    }

    private @Nullable Condition<Traits> within(@Nullable Trait by, TypedExtensionConfig message, String at) {
        String type = TraitTreeReader.type(message.getTypedConfig());
        if (!type.equals(IP)) {
            complaints.problem(at, type, "Weir does not know this matcher of values yet", "use value_match or " + IP);
            return null;
        }
        Ip ip = TraitTreeReader.unpack(message.getTypedConfig(), Ip.parser(), at, complaints);
        if (ip == null || by == null) {
            return null;
        }
        var networks = new ArrayList<Prefix>();
        for (int i = 0; i < ip.getCidrRangesCount(); i++) {
            var range = ip.getCidrRanges(i);
            Prefix network = TraitTreeReader.network(range.getAddressPrefix(), range.getPrefixLen().getValue(),
                    at + ".cidr_ranges[" + i + "]", complaints);
            if (network != null) {
                networks.add(network);
            }
        }
        return new Condition.Fact<>(traits -> {
            InetAddress address = by.address(traits);
            return address != null && networks.stream().anyMatch(network -> network.contains(address));
        });
    }

    private java.util.function.@Nullable Predicate<String> text(StringMatcher message, String at) {
        boolean blind = message.getIgnoreCase();
        return switch (message.getMatchPatternCase()) {
            case EXACT -> value -> cased(value, blind).equals(cased(message.getExact(), blind));
            case PREFIX -> value -> cased(value, blind).startsWith(cased(message.getPrefix(), blind));
            case SUFFIX -> value -> cased(value, blind).endsWith(cased(message.getSuffix(), blind));
            case CONTAINS -> value -> cased(value, blind).contains(cased(message.getContains(), blind));
            case SAFE_REGEX -> {
                String regex = message.getSafeRegex().getRegex();
                try {
                    Pattern pattern = Pattern.compile(regex);
                    yield pattern::matches;
                } catch (PatternSyntaxException e) {
                    complaints.problem(at + ".safe_regex.regex", regex,
                            "not a regular expression: " + e.getDescription(),
                            "write it in RE2's syntax, which has no look-around and no back references");
                    yield null;
                }
            }
            case CUSTOM -> {
                complaints.problem(at + ".custom", message.getCustom().getName(),
                        "Weir knows no custom string matchers", "use exact, prefix, suffix, contains or safe_regex");
                yield null;
            }
            case MATCHPATTERN_NOT_SET -> null; // the API's rules tell
        };
    }

    private static String cased(String text, boolean blind) {
        return blind ? text.toLowerCase(Locale.ROOT) : text;
    }

    /** What is asked for, or null after a problem. */
    static @Nullable Trait trait(TypedExtensionConfig message, String at, Complaints complaints) {
        String type = TraitTreeReader.type(message.getTypedConfig());
        return switch (type) {
            case INPUTS + "DestinationIPInput" -> Trait.DESTINATION_IP;
            case INPUTS + "DestinationPortInput" -> Trait.DESTINATION_PORT;
            case INPUTS + "SourceIPInput" -> Trait.SOURCE_IP;
            case INPUTS + "SourcePortInput" -> Trait.SOURCE_PORT;
            case INPUTS + "DirectSourceIPInput" -> Trait.DIRECT_SOURCE_IP;
            case INPUTS + "SourceTypeInput" -> Trait.SOURCE_TYPE;
            case INPUTS + "ServerNameInput" -> Trait.SERVER_NAME;
            case INPUTS + "TransportProtocolInput" -> Trait.TRANSPORT_PROTOCOL;
            case INPUTS + "ApplicationProtocolInput" -> Trait.APPLICATION_PROTOCOL;
            default -> {
                complaints.problem(at + ".typed_config", type, "a listener does not know this of its connections",
                        "use DestinationIPInput, DestinationPortInput, SourceIPInput, SourcePortInput,"
                                + " DirectSourceIPInput, SourceTypeInput, ServerNameInput, TransportProtocolInput or"
                                + " ApplicationProtocolInput");
                yield null;
            }
        };
    }
}
