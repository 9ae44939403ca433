package io.weir.xds.chain;

import com.github.xds.core.v3.CidrRange;
import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.IPMatcher;
import com.github.xds.type.matcher.v3.Matcher;
import com.github.xds.type.matcher.v3.Matcher.MatcherTree.MatchMap;
import com.github.xds.type.matcher.v3.ServerNameMatcher;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.StringValue;
import io.weir.core.chain.Prefix;
import io.weir.core.chain.Trait;
import io.weir.core.chain.TraitTree;
import io.weir.core.chain.TraitTree.Branch;
import io.weir.core.chain.TraitTree.Branches;
import io.weir.core.chain.TraitTree.Leads;
import io.weir.core.chain.TraitTree.Within;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a listener's {@code filter_chain_matcher}. */
public final class TraitTreeReader {
    /** As deep as trees may stand in one another. */
    private static final int DEPTH_MAX = 32;
    private static final String IP = "xds.type.matcher.v3.IPMatcher";
    private static final String NAMES = "xds.type.matcher.v3.ServerNameMatcher";
    private static final String CHAIN = "google.protobuf.StringValue";

    private final Complaints complaints;

    TraitTreeReader(Complaints complaints) {
        this.complaints = complaints;
    }

    /** The tree; null after a problem that leaves nothing of it. */
    public static @Nullable TraitTree read(Matcher message, Complaints complaints) {
        return new TraitTreeReader(complaints).read(message, "", 1);
    }

    private @Nullable TraitTree read(Matcher message, String at, int depth) {
        if (depth > DEPTH_MAX) {
            complaints.problem(at, DEPTH_MAX + " levels", "a tree may not be as deep", "write one that is flatter");
            return null;
        }
        Set<Trait> asked = EnumSet.noneOf(Trait.class);
        Branches branches = switch (message.getMatcherTypeCase()) {
            case MATCHER_LIST -> list(message.getMatcherList(), join(at, "matcher_list"), depth, asked);
            case MATCHER_TREE -> tree(message.getMatcherTree(), join(at, "matcher_tree"), depth, asked);
            // on_no_match alone: always that
            case MATCHERTYPE_NOT_SET -> new Branches.First(List.of());
        };
        Leads otherwise = message.hasOnNoMatch()
                ? leads(message.getOnNoMatch(), join(at, "on_no_match"), depth)
                : null;
        return branches == null ? null : new TraitTree(branches, asked, otherwise);
    }

    static String join(String path, String more) {
        return path.isEmpty() ? more : path + "." + more;
    }

    private Branches list(Matcher.MatcherList message, String at, int depth, Set<Trait> asked) {
        var branches = new ArrayList<Branch>();
        var conditions = new TraitConditionReader(complaints, asked);
        for (int i = 0; i < message.getMatchersCount(); i++) {
            String here = at + ".matchers[" + i + "]";
            var condition = conditions.read(message.getMatchers(i).getPredicate(), here + ".predicate");
            Leads leads = leads(message.getMatchers(i).getOnMatch(), here + ".on_match", depth);
            if (condition != null && leads != null) {
                branches.add(new Branch(condition, leads));
            }
        }
        return new Branches.First(branches);
    }

    private @Nullable Branches tree(Matcher.MatcherTree message, String at, int depth, Set<Trait> asked) {
        Trait by = TraitConditionReader.trait(message.getInput(), at + ".input", complaints);
        if (by != null) {
            asked.add(by);
        }
        return switch (message.getTreeTypeCase()) {
            case EXACT_MATCH_MAP -> {
                var ways = ways(message.getExactMatchMap(), at + ".exact_match_map", depth);
                yield by == null ? null : new Branches.Exact(by, ways);
            }
            case PREFIX_MATCH_MAP -> {
                var ways = ways(message.getPrefixMatchMap(), at + ".prefix_match_map", depth);
                yield by == null ? null : new Branches.Longest(by, ways);
            }
            case CUSTOM_MATCH -> custom(by, message.getCustomMatch(), at + ".custom_match.typed_config", depth);
            case TREETYPE_NOT_SET -> null; // the API's rules tell
        };
    }

    private Map<String, Leads> ways(MatchMap message, String at, int depth) {
        var ways = new LinkedHashMap<String, Leads>();
        message.getMapMap().forEach((key, onMatch) -> {
            Leads leads = leads(onMatch, at + ".map[" + key + "]", depth);
            if (leads != null) {
                ways.put(key, leads);
            }
        });
        return ways;
    }

    private @Nullable Branches custom(@Nullable Trait by, TypedExtensionConfig message, String at, int depth) {
        Any any = message.getTypedConfig();
        String type = type(any);
        if (type.equals(IP)) {
            IPMatcher ranges = unpack(any, IPMatcher.parser(), at);
            return ranges == null || by == null ? null : networks(by, ranges, at, depth);
        }
        if (type.equals(NAMES)) {
            ServerNameMatcher names = unpack(any, ServerNameMatcher.parser(), at);
            return names == null || by == null ? null : names(by, names, at, depth);
        }
        complaints.problem(at, type, "Weir does not know this kind of tree",
                "use exact_match_map, prefix_match_map, " + IP + " or " + NAMES);
        return null;
    }

    private Branches networks(Trait by, IPMatcher message, String at, int depth) {
        var networks = new ArrayList<Within>();
        for (int i = 0; i < message.getRangeMatchersCount(); i++) {
            var matcher = message.getRangeMatchers(i);
            String here = at + ".range_matchers[" + i + "]";
            Leads leads = leads(matcher.getOnMatch(), here + ".on_match", depth);
            for (int j = 0; j < matcher.getRangesCount(); j++) {
                Prefix network = network(matcher.getRanges(j), here + ".ranges[" + j + "]");
                if (network != null && leads != null) {
                    networks.add(new Within(network, leads, matcher.getExclusive()));
                }
            }
        }
        return Branches.Networks.of(by, networks);
    }

    private @Nullable Prefix network(CidrRange message, String at) {
        return network(message.getAddressPrefix(), message.getPrefixLen().getValue(), at, complaints);
    }

    static @Nullable Prefix network(String address, int bits, String at, Complaints complaints) {
        try {
            InetAddress ip = InetAddress.ofLiteral(address);
            int most = 8 * ip.getAddress().length;
            if (bits >= 0 && bits <= most) {
                return Prefix.of(ip, bits);
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        complaints.problem(at, address + "/" + Integer.toUnsignedString(bits), "this is no network",
                "write an IP address and at most as many bits as it has: address_prefix 10.0.0.0, prefix_len 8");
        return null;
    }

    private Branches names(Trait by, ServerNameMatcher message, String at, int depth) {
        var ways = new LinkedHashMap<String, Leads>();
        for (int i = 0; i < message.getDomainMatchersCount(); i++) {
            var matcher = message.getDomainMatchers(i);
            String here = at + ".domain_matchers[" + i + "]";
            Leads leads = leads(matcher.getOnMatch(), here + ".on_match", depth);
            for (int j = 0; j < matcher.getDomainsCount(); j++) {
                String name = matcher.getDomains(j).toLowerCase(Locale.ROOT);
                boolean wild = name.indexOf('*') >= 0;
                if (name.isEmpty() || (wild && (name.lastIndexOf('*') > 0 || name.length() > 1
                        && name.charAt(1) != '.'))) {
                    complaints.problem(here + ".domains[" + j + "]", name, "this is no name, nor the end of names",
                            "write a name, *.example.com, or * for all");
                } else if (leads != null && ways.putIfAbsent(name, leads) != null) {
                    complaints.problem(here + ".domains[" + j + "]", name, "this name stands here twice",
                            "remove one of them");
                }
            }
        }
        return new Branches.Names(by, ways);
    }

    private @Nullable Leads leads(Matcher.OnMatch message, String at, int depth) {
        return switch (message.getOnMatchCase()) {
            case MATCHER -> {
                TraitTree tree = read(message.getMatcher(), at + ".matcher", depth + 1);
                yield tree == null ? null : new Leads.Further(tree);
            }
            case ACTION -> {
                Any any = message.getAction().getTypedConfig();
                String here = at + ".action.typed_config";
                if (!type(any).equals(CHAIN)) {
                    complaints.problem(here, type(any), "this says not which filter chain it is",
                            "write a " + CHAIN + " with the name of one of filter_chains");
                    yield null;
                }
                StringValue name = unpack(any, StringValue.parser(), here);
                yield name == null ? null : new Leads.To(name.getValue());
            }
            case ONMATCH_NOT_SET -> null; // the API's rules tell
        };
    }

    static String type(Any any) {
        String url = any.getTypeUrl();
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private <M> @Nullable M unpack(Any any, Parser<M> parser, String at) {
        return unpack(any, parser, at, complaints);
    }

    static <M> @Nullable M unpack(Any any, Parser<M> parser, String at, Complaints complaints) {
        try {
            return parser.parseFrom(any.getValue());
        } catch (InvalidProtocolBufferException e) {
            complaints.problem(at, type(any), "the bytes here are not of the type that is named", "send them anew");
            return null;
        }
    }
}
