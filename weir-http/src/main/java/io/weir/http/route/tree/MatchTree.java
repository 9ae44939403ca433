package io.weir.http.route.tree;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.BytesIndex;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.RequestFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds one action for a request: xDS's {@code xds.type.matcher.v3.Matcher}. A branch that leads into another tree
 * which finds nothing is as if it had not been there; where no branch finds anything, the tree's own answer holds.
 * Immutable; any thread; allocates nothing but what patterns and addresses need.
 *
 * @param <A>
 *            an action
 */
public final class MatchTree<A> {
    /** What a branch leads to. */
    public sealed interface Leads<A> {
        /** An action. */
        record To<A>(A action) implements Leads<A> {
        }

        /** More questions. */
        record Further<A>(MatchTree<A> tree) implements Leads<A> {
        }
    }

    /** How a tree branches. */
    public sealed interface Branches<A> {
        /** The first branch whose condition holds. */
        record First<A>(List<Branch<A>> list) implements Branches<A> {
            public First {
                list = List.copyOf(list);
            }
        }

        /** By the exact value. */
        record Exact<A>(Input input, Map<String, Leads<A>> map) implements Branches<A> {
        }

        /** By the longest prefix of the value that leads to something. */
        record Prefix<A>(Input input, Map<String, Leads<A>> map) implements Branches<A> {
        }

        /** By the smallest network that holds the value. */
        record Networks<A>(Input input, List<Within<A>> list) implements Branches<A> {
        }
    }

    /** A condition, and what follows. */
    public record Branch<A>(Predicate condition, Leads<A> leads) {
    }

    /**
     * A network, and what follows.
     *
     * @param exclusive
     *            whether no larger network is asked where this one leads to nothing
     */
    public record Within<A>(Network network, Leads<A> leads, boolean exclusive) {
    }

    /**
     * One branch that a value leads to.
     *
     * @param wider
     *            the branch that is taken where this one leads to nothing: of all that hold the value, the next
     *            narrowest. Which one that is, is known before there is a value.
     */
    private record Step<A>(Leads<A> leads, @Nullable Step<A> wider) {
    }

    private final Branches<A> branches;
    private final @Nullable Leads<A> otherwise;
    private final Question<@Nullable Step<A>> steps;

    /**
     * A tree.
     *
     * @param otherwise
     *            where no branch finds anything; null: then nothing is found
     */
    public MatchTree(Branches<A> branches, @Nullable Leads<A> otherwise) {
        this.branches = branches;
        this.otherwise = otherwise;
        this.steps = switch (branches) {
            case Branches.First<A> _ -> new Exact<>(Map.of());
            case Branches.Exact<A>(Input _, Map<String, Leads<A>> map) -> new Exact<>(map);
            case Branches.Prefix<A>(Input _, Map<String, Leads<A>> map) -> new Prefixes<>(map);
            case Branches.Networks<A>(Input _, List<Within<A>> list) -> Networks.of(list);
        };
    }

    /** The action for a request, or null. */
    public @Nullable A find(HttpHead head, RequestFacts facts) {
        var found = switch (branches) {
            case Branches.First<A>(List<Branch<A>> list) -> first(list, head, facts);
            case Branches.Exact<A>(Input input, Map<String, Leads<A>> _) -> narrowest(input, head, facts);
            case Branches.Prefix<A>(Input input, Map<String, Leads<A>> _) -> narrowest(input, head, facts);
            case Branches.Networks<A>(Input input, List<Within<A>> _) -> narrowest(input, head, facts);
        };
        return found == null && otherwise != null ? follow(otherwise, head, facts) : found;
    }

    private static <A> @Nullable A first(List<Branch<A>> list, HttpHead head, RequestFacts facts) {
        for (int i = 0; i < list.size(); i++) {
            var branch = list.get(i);
            A found = branch.condition().holds(head, facts) ? follow(branch.leads(), head, facts) : null;
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable A narrowest(Input input, HttpHead head, RequestFacts facts) {
        for (var step = input.ask(head, facts, steps); step != null; step = step.wider) {
            A found = follow(step.leads, head, facts);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static <A> @Nullable A follow(Leads<A> leads, HttpHead head, RequestFacts facts) {
        return switch (leads) {
            case Leads.To<A>(A action) -> action;
            case Leads.Further<A>(MatchTree<A> tree) -> tree.find(head, facts);
        };
    }

    /**
     * Whether filters can change what is found, by what they say.
     *
     * @param action
     *            whether they can change an action
     */
    public boolean saidByFilters(java.util.function.Predicate<A> action) {
        boolean here = switch (branches) {
            case Branches.First<A>(List<Branch<A>> list) -> list.stream().anyMatch(
                    branch -> branch.condition().saidByFilters() || saidByFilters(branch.leads(), action));
            case Branches.Exact<A>(Input input, Map<String, Leads<A>> map) -> input.saidByFilters()
                    || map.values().stream().anyMatch(leads -> saidByFilters(leads, action));
            case Branches.Prefix<A>(Input input, Map<String, Leads<A>> map) -> input.saidByFilters()
                    || map.values().stream().anyMatch(leads -> saidByFilters(leads, action));
            case Branches.Networks<A>(Input input, List<Within<A>> list) -> input.saidByFilters()
                    || list.stream().anyMatch(within -> saidByFilters(within.leads(), action));
        };
        return here || (otherwise != null && saidByFilters(otherwise, action));
    }

    private static <A> boolean saidByFilters(Leads<A> leads, java.util.function.Predicate<A> action) {
        return switch (leads) {
            case Leads.To<A>(A to) -> action.test(to);
            case Leads.Further<A>(MatchTree<A> tree) -> tree.saidByFilters(action);
        };
    }

    /** The same tree about other actions. */
    public <B> MatchTree<B> map(Function<A, B> change) {
        return new MatchTree<>(switch (branches) {
            case Branches.First<A>(List<Branch<A>> list) -> new Branches.First<>(list.stream()
                    .map(branch -> new Branch<>(branch.condition(), map(branch.leads(), change))).toList());
            case Branches.Exact<A>(Input input, Map<String, Leads<A>> map) ->
                new Branches.Exact<>(input, map(map, change));
            case Branches.Prefix<A>(Input input, Map<String, Leads<A>> map) ->
                new Branches.Prefix<>(input, map(map, change));
            case Branches.Networks<A>(Input input, List<Within<A>> list) -> new Branches.Networks<>(input,
                    list.stream().map(
                            within -> new Within<>(within.network(), map(within.leads(), change), within.exclusive()))
                            .toList());
        }, otherwise == null ? null : map(otherwise, change));
    }

    private static <A, B> Map<String, Leads<B>> map(Map<String, Leads<A>> map, Function<A, B> change) {
        var changed = new LinkedHashMap<String, Leads<B>>();
        map.forEach((key, leads) -> changed.put(key, map(leads, change)));
        return changed;
    }

    private static <A, B> Leads<B> map(Leads<A> leads, Function<A, B> change) {
        return switch (leads) {
            case Leads.To<A>(A action) -> new Leads.To<>(change.apply(action));
            case Leads.Further<A>(MatchTree<A> tree) -> new Leads.Further<>(tree.map(change));
        };
    }

    // ---- what a value leads to ----

    private record Exact<A>(BytesIndex<Step<A>> steps) implements Question<@Nullable Step<A>> {
        Exact(Map<String, Leads<A>> map) {
            this(new BytesIndex<>(steps(map)));
        }

        private static <A> Map<String, Step<A>> steps(Map<String, Leads<A>> map) {
            var steps = new LinkedHashMap<String, Step<A>>();
            map.forEach((key, leads) -> steps.put(key, new Step<>(leads, null)));
            return steps;
        }

        @Override
        public @Nullable Step<A> of(byte[] bytes, int from, int to) {
            return steps.find(bytes, from, to);
        }

        @Override
        public @Nullable Step<A> absent() {
            return null;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never written to, never compared
    private record Prefixes<A>(BytesIndex<Step<A>> steps, int[] lengths) implements Question<@Nullable Step<A>> {
        Prefixes(Map<String, Leads<A>> map) {
            this(new BytesIndex<>(steps(map)), map.keySet().stream().mapToInt(key -> -HeadText.bytes(key).length)
                    .distinct().sorted().map(length -> -length).toArray());
        }

        /** From short to long: a prefix of a prefix is there before it. */
        private static <A> Map<String, Step<A>> steps(Map<String, Leads<A>> map) {
            var steps = new LinkedHashMap<String, Step<A>>();
            var keys = new ArrayList<>(map.keySet());
            keys.sort(Comparator.comparingInt(String::length));
            for (String key : keys) {
                Step<A> wider = null;
                for (int i = key.length() - 1; i >= 0 && wider == null; i--) {
                    wider = steps.get(key.substring(0, i));
                }
                var leads = map.get(key);
                if (leads != null) {
                    steps.put(key, new Step<>(leads, wider));
                }
            }
            return steps;
        }

        @Override
        public @Nullable Step<A> of(byte[] bytes, int from, int to) {
            for (int length : lengths) {
                var step = length <= to - from ? steps.find(bytes, from, from + length) : null;
                if (step != null) {
                    return step;
                }
            }
            return null;
        }

        @Override
        public @Nullable Step<A> absent() {
            return null;
        }
    }

    /** Of networks, the one with the longer prefix is in the other, or they have nothing in common. */
    private record Networks<A>(List<Network> networks, List<Step<A>> steps) implements Question<@Nullable Step<A>> {
        static <A> Networks<A> of(List<Within<A>> list) {
            var narrow = new ArrayList<>(list);
            narrow.sort(Comparator.comparingInt((Within<A> within) -> within.network().prefixBits()));
            var networks = new ArrayList<Network>();
            var steps = new ArrayList<Step<A>>();
            for (var within : narrow) {
                Step<A> wider = null;
                for (int i = 0; i < networks.size() && !within.exclusive(); i++) {
                    wider = networks.get(i).contains(within.network().address()) ? steps.get(i) : wider;
                }
                networks.add(within.network());
                steps.add(new Step<>(within.leads(), wider));
            }
            return new Networks<>(networks.reversed(), steps.reversed());
        }

        @Override
        public @Nullable Step<A> of(byte[] bytes, int from, int to) {
            byte[] address = Network.parse(bytes, from, to);
            for (int i = 0; address != null && i < networks.size(); i++) {
                if (networks.get(i).contains(address)) {
                    return steps.get(i);
                }
            }
            return null;
        }

        @Override
        public @Nullable Step<A> absent() {
            return null;
        }
    }
}
