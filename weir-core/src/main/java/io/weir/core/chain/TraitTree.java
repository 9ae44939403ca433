package io.weir.core.chain;

import io.weir.core.access.Condition;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Questions about a connection that lead to the name of a chain: xDS's {@code xds.type.matcher.v3.Matcher} over what
 * listeners know. A branch that leads into another tree which finds nothing is as if it had not been there; where no
 * branch finds anything, the tree's own answer holds. Immutable; any thread.
 *
 * @param traits
 *            what it asks for itself, without the trees within
 * @param otherwise
 *            where no branch finds anything; null: then nothing is found
 */
public record TraitTree(Branches branches, Set<Trait> traits, @Nullable Leads otherwise) {
    /** What a branch leads to. */
    public sealed interface Leads {
        /** A chain. */
        record To(String chain) implements Leads {
        }

        /** More questions. */
        record Further(TraitTree tree) implements Leads {
        }
    }

    /** How a tree branches. */
    public sealed interface Branches {
        /** The first branch whose condition holds. */
        record First(List<Branch> list) implements Branches {
            public First {
                list = List.copyOf(list);
            }
        }

        /** By the exact value. */
        record Exact(Trait by, Map<String, Leads> ways) implements Branches {
            public Exact {
                ways = Map.copyOf(ways);
            }
        }

        /** By the longest beginning of the value that leads to something. */
        record Longest(Trait by, Map<String, Leads> ways) implements Branches {
            public Longest {
                ways = Map.copyOf(ways);
            }
        }

        /** By the smallest network that holds the value; to be made by {@link #of}. */
        record Networks(Trait by, List<Within> list) implements Branches {
            /** Of networks in any order. */
            public static Networks of(Trait by, List<Within> list) {
                return new Networks(by, list.stream()
                        .sorted(Comparator.comparingInt((Within within) -> -within.network().bits())).toList());
            }
        }

        /** By the name itself, else by its longest end that stands there as {@code *.end}, else by {@code *}. */
        record Names(Trait by, Map<String, Leads> ways) implements Branches {
            public Names {
                ways = Map.copyOf(ways);
            }
        }
    }

    /** A condition, and what follows. */
    public record Branch(Condition<Traits> condition, Leads leads) {
    }

    /**
     * A network, and what follows.
     *
     * @param exclusive
     *            whether no larger network is asked where this one leads to nothing
     */
    public record Within(Prefix network, Leads leads, boolean exclusive) {
    }

    public TraitTree {
        traits = Set.copyOf(traits);
    }

    /** The name of the chain of a connection; null: none is found. */
    public @Nullable String find(Traits of) {
        String found = switch (branches) {
            case Branches.First(List<Branch> list) -> first(list, of);
            case Branches.Exact(Trait by, Map<String, Leads> ways) -> follow(way(ways, by.of(of)), of);
            case Branches.Longest(Trait by, Map<String, Leads> ways) -> longest(ways, by.of(of), of);
            case Branches.Networks(Trait by, List<Within> list) -> smallest(list, by.address(of), of);
            case Branches.Names(Trait by, Map<String, Leads> ways) -> named(ways, by.of(of), of);
        };
        return found == null ? follow(otherwise, of) : found;
    }

    private static @Nullable Leads way(Map<String, Leads> ways, @Nullable String value) {
        return value == null ? null : ways.get(value);
    }

    private static @Nullable String follow(@Nullable Leads leads, Traits of) {
        return switch (leads) {
            case null -> null;
            case Leads.To(String chain) -> chain;
            case Leads.Further(TraitTree tree) -> tree.find(of);
        };
    }

    private static @Nullable String first(List<Branch> list, Traits of) {
        for (Branch branch : list) {
            String found = branch.condition.holds(of) ? follow(branch.leads, of) : null;
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable String longest(Map<String, Leads> ways, @Nullable String value, Traits of) {
        String found = null;
        for (int end = value == null ? -1 : value.length(); value != null && end >= 0 && found == null; end--) {
            found = follow(ways.get(value.substring(0, end)), of);
        }
        return found;
    }

    private static @Nullable String smallest(List<Within> list, @Nullable InetAddress address, Traits of) {
        for (Within within : list) {
            if (address != null && within.network.contains(address)) {
                String found = follow(within.leads, of);
                if (found != null || within.exclusive) {
                    return found;
                }
            }
        }
        return null;
    }

    private static @Nullable String named(Map<String, Leads> ways, @Nullable String name, Traits of) {
        if (name == null) {
            return null;
        }
        String found = follow(ways.get(name), of);
        for (int dot = name.indexOf('.'); found == null && dot >= 0; dot = name.indexOf('.', dot + 1)) {
            found = follow(ways.get("*" + name.substring(dot)), of);
        }
        return found == null ? follow(ways.get("*"), of) : found;
    }

    /** Whether it, or a tree within, asks for one of these. */
    public boolean asks(Set<Trait> any) {
        return traits.stream().anyMatch(any::contains) || leads().anyMatch(
                each -> each instanceof Leads.Further(TraitTree tree) && tree.asks(any));
    }

    /** The names of all chains that it leads to. */
    public Set<String> chains() {
        return leads().flatMap(each -> switch (each) {
            case Leads.To(String chain) -> Stream.of(chain);
            case Leads.Further(TraitTree tree) -> tree.chains().stream();
        }).collect(Collectors.toSet());
    }

    private Stream<Leads> leads() {
        var here = switch (branches) {
            case Branches.First(List<Branch> list) -> list.stream().map(Branch::leads);
            case Branches.Exact(Trait _, Map<String, Leads> ways) -> ways.values().stream();
            case Branches.Longest(Trait _, Map<String, Leads> ways) -> ways.values().stream();
            case Branches.Networks(Trait _, List<Within> list) -> list.stream().map(Within::leads);
            case Branches.Names(Trait _, Map<String, Leads> ways) -> ways.values().stream();
        };
        return Stream.concat(here, Stream.ofNullable(otherwise));
    }
}
