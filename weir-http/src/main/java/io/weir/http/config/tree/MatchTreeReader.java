package io.weir.http.config.tree;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.IPMatcher;
import com.github.xds.type.matcher.v3.Matcher;
import com.github.xds.type.matcher.v3.Matcher.MatcherTree.MatchMap;
import io.weir.http.route.tree.Input;
import io.weir.http.route.tree.MatchTree;
import io.weir.http.route.tree.MatchTree.Branch;
import io.weir.http.route.tree.MatchTree.Branches;
import io.weir.http.route.tree.MatchTree.Leads;
import io.weir.http.route.tree.MatchTree.Within;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code xds.type.matcher.v3.Matcher}.
 *
 * @param <A>
 *            what an action becomes
 */
public final class MatchTreeReader<A> {
    /** Trees within trees, at most. */
    private static final int DEPTH_MAX = 16;
    private static final String IP = "xds.type.matcher.v3.IPMatcher";

    private final ActionReader<A> actions;

    /** Reads the action of a branch. */
    public interface ActionReader<A> {
        /** The action, or null after a problem. */
        @Nullable
        A read(TypedExtensionConfig action, ReadContext at);
    }

    public MatchTreeReader(ActionReader<A> actions) {
        this.actions = actions;
    }

    /** The tree; what has problems is left out of it. Null where nothing is left. */
    public @Nullable MatchTree<A> read(Matcher message, ReadContext context) {
        return read(message, context, 1);
    }

    private @Nullable MatchTree<A> read(Matcher message, ReadContext at, int depth) {
        if (depth > DEPTH_MAX) {
            at.problem("", "", "more than " + DEPTH_MAX + " matchers in one another",
                    "ask one question for several values with exact_match_map");
            return null;
        }
        Branches<A> branches = switch (message.getMatcherTypeCase()) {
            case MATCHER_LIST -> list(message.getMatcherList(), at.at("matcher_list"), depth);
            case MATCHER_TREE -> tree(message.getMatcherTree(), at.at("matcher_tree"), depth);
            case MATCHERTYPE_NOT_SET -> new Branches.First<>(java.util.List.of()); // on_no_match may be enough
        };
        var otherwise = message.hasOnNoMatch() ? leads(message.getOnNoMatch(), at.at("on_no_match"), depth) : null;
        return branches == null ? null : new MatchTree<>(branches, otherwise);
    }

    private Branches<A> list(Matcher.MatcherList message, ReadContext at, int depth) {
        var branches = new ArrayList<Branch<A>>();
        for (int i = 0; i < message.getMatchersCount(); i++) {
            var matcher = message.getMatchers(i);
            var here = at.at("matchers", i);
            var condition = PredicateReader.read(matcher.getPredicate(), here.at("predicate"));
            var leads = leads(matcher.getOnMatch(), here.at("on_match"), depth);
            if (condition != null && leads != null) {
                branches.add(new Branch<>(condition, leads));
            }
        }
        return new Branches.First<>(branches);
    }

    private @Nullable Branches<A> tree(Matcher.MatcherTree message, ReadContext at, int depth) {
        var input = InputReader.read(message.getInput(), at.at("input"));
        return switch (message.getTreeTypeCase()) {
            case EXACT_MATCH_MAP -> {
                var map = map(message.getExactMatchMap(), at.at("exact_match_map"), depth);
                yield input == null ? null : new Branches.Exact<>(input, map);
            }
            case PREFIX_MATCH_MAP -> {
                var map = map(message.getPrefixMatchMap(), at.at("prefix_match_map"), depth);
                yield input == null ? null : new Branches.Prefix<>(input, map);
            }
            case CUSTOM_MATCH -> networks(input, message.getCustomMatch(), at.at("custom_match"), depth);
            case TREETYPE_NOT_SET -> null; // the API's rules tell
        };
    }

    private Map<String, Leads<A>> map(MatchMap message, ReadContext at, int depth) {
        var map = new LinkedHashMap<String, Leads<A>>();
        message.getMapMap().forEach((key, onMatch) -> {
            var leads = leads(onMatch, at.at("map[" + key + "]"), depth);
            if (leads != null) {
                map.put(key, leads);
            }
        });
        return map;
    }

    private @Nullable Branches<A> networks(@Nullable Input input, TypedExtensionConfig message, ReadContext at,
            int depth) {
        var any = message.getTypedConfig();
        if (!PackedReader.type(any).equals(IP)) {
            at.problem("typed_config", PackedReader.type(any), "Weir does not know this kind of tree",
                    "use exact_match_map, prefix_match_map, or " + IP);
            return null;
        }
        var ranges = PackedReader.unpack(any, IPMatcher.parser(), at);
        if (ranges == null) {
            return null;
        }
        var networks = new ArrayList<Within<A>>();
        for (int i = 0; i < ranges.getRangeMatchersCount(); i++) {
            var matcher = ranges.getRangeMatchers(i);
            var here = at.at("typed_config").at("range_matchers", i);
            var leads = leads(matcher.getOnMatch(), here.at("on_match"), depth);
            for (int j = 0; j < matcher.getRangesCount(); j++) {
                var range = matcher.getRanges(j);
                var network = PredicateReader.network(range.getAddressPrefix(), range.getPrefixLen().getValue(),
                        here.at("ranges", j));
                if (network != null && leads != null) {
                    networks.add(new Within<>(network, leads, matcher.getExclusive()));
                }
            }
        }
        return input == null ? null : new Branches.Networks<>(input, networks);
    }

    private @Nullable Leads<A> leads(Matcher.OnMatch message, ReadContext at, int depth) {
        return switch (message.getOnMatchCase()) {
            case MATCHER -> {
                var tree = read(message.getMatcher(), at.at("matcher"), depth + 1);
                yield tree == null ? null : new Leads.Further<>(tree);
            }
            case ACTION -> {
                A action = actions.read(message.getAction(), at.at("action"));
                yield action == null ? null : new Leads.To<>(action);
            }
            case ONMATCH_NOT_SET -> null; // the API's rules tell
        };
    }
}
