package io.weir.core.chain;

import java.net.InetAddress;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the filter chain of a connection, as Envoy does: criterion by criterion, those chains go on that ask for the
 * most specific value that fits, and those that ask for nothing only where no other fits. What a criterion has decided,
 * a later one does not take back.
 *
 * <p>
 * One look at a map for each criterion that any chain asks for, one for each length of prefixes and each label of a
 * name: however many chains there are, none is walked over. Chains that nothing sets apart share their part of the
 * table, so that its size does not multiply with the lists of a chain. Immutable; any thread.
 *
 * @param <T>
 *            what stands for a chain
 */
public final class ChainTable<T> implements ChainFinder<T> {
    /** Bound of what the table may hold: chains whose many lists overlap in many ways are refused beyond it. */
    public static final int NODES_MAX = 200_000;

    private final List<T> chains;
    private final @Nullable T otherwise;
    private final Node root;

    /** Two chains, by their places, that the same connection would fit equally well. */
    public record Overlap(int first, int second) {
    }

    /** Chains that a table cannot hold. */
    public static final class TooManyWays extends Exception {
        private static final long serialVersionUID = 1L;

        TooManyWays() {
            super("more than " + NODES_MAX + " ways to tell the chains apart");
        }
    }

    /**
     * A table of these chains.
     *
     * @param matches
     *            as many as chains
     * @param otherwise
     *            for connections that fit none; null: there is none
     */
    public ChainTable(List<ChainMatch> matches, List<T> chains, @Nullable T otherwise) throws TooManyWays {
        this.chains = List.copyOf(chains);
        this.otherwise = otherwise;
        this.root = new Builder(matches).build();
    }

    /** Which chains cannot be told apart; of each that has such a twin one pair is told. */
    public static List<Overlap> overlaps(List<ChainMatch> matches) throws TooManyWays {
        var builder = new Builder(matches);
        builder.build();
        return List.copyOf(builder.overlaps.values());
    }

    @Override
    public @Nullable T find(Traits traits) {
        Node at = root;
        while (at instanceof Branch branch) {
            at = branch.follow(traits);
        }
        return at instanceof Leaf(int chain) ? chains.get(chain) : otherwise;
    }

    @Override
    public Needs needs(@Nullable InetAddress destination, int port) {
        var place = new Traits(destination, port, "", "", List.of(), null, null, 0);
        Node at = root;
        while (at instanceof Branch branch && branch.by.compareTo(Criterion.SERVER_NAME) < 0) {
            at = branch.follow(place);
        }
        return at instanceof Branch branch ? branch.needs : Needs.NONE;
    }

    private sealed interface Node {}

    /** No chain asks for this. */
    private enum Nothing implements Node {
        HERE
    }

    private record Leaf(int chain) implements Node {
    }

    /** One criterion that tells chains apart. */
    private static final class Branch implements Node {
        final Criterion by;
        final Map<Object, Node> ways;
        /** For what fits none of them. */
        final Node any;
        final Needs needs;
        /** The lengths of prefixes among the ways, the longest first. */
        private final int[] lengths;

        Branch(Criterion by, Map<Object, Node> ways, Node any, Needs needs) {
            this.by = by;
            this.ways = Map.copyOf(ways);
            this.any = any;
            this.needs = needs;
            this.lengths = ways.keySet().stream().filter(Prefix.class::isInstance)
                    .mapToInt(key -> -((Prefix) key).bits()).distinct().sorted().map(bits -> -bits).toArray();
        }

        Node follow(Traits traits) {
            Node way = switch (by) {
                case DESTINATION_PORT -> ways.get(traits.destinationPort());
                case DESTINATION -> within(traits.destination());
                case SERVER_NAME -> named(traits.serverName());
                case TRANSPORT_PROTOCOL -> ways.get(traits.transportProtocol());
                case APPLICATION_PROTOCOL -> firstOf(traits.applicationProtocols());
                case DIRECT_SOURCE -> within(traits.directSource());
                case SOURCE_TYPE ->
                    ways.get(traits.local() ? SourceType.SAME_IP_OR_LOOPBACK : SourceType.EXTERNAL);
                case SOURCE -> within(traits.source());
                case SOURCE_PORT -> ways.get(traits.sourcePort());
            };
            return way == null ? any : way;
        }

        private @Nullable Node within(@Nullable InetAddress address) {
            if (address == null) {
                return null;
            }
            for (int bits : lengths) {
                Prefix prefix = Prefix.of(address, bits);
                Node way = prefix.bits() == bits ? ways.get(prefix) : null;
                if (way != null) {
                    return way;
                }
            }
            return null;
        }

        /** The name itself, else its longest end that somebody wants. */
        private @Nullable Node named(String name) {
            Node way = name.isEmpty() || name.startsWith(".") ? null : ways.get(name);
            for (int dot = name.indexOf('.', 1); way == null && dot > 0; dot = name.indexOf('.', dot + 1)) {
                way = ways.get(name.substring(dot));
            }
            return way;
        }

        private @Nullable Node firstOf(List<String> protocols) {
            for (String protocol : protocols) {
                Node way = ways.get(protocol);
                if (way != null) {
                    return way;
                }
            }
            return null;
        }
    }

    /** Splits the chains by one criterion after the other. Chains that stand together in two places are split once. */
    private static final class Builder {
        private final List<ChainMatch> matches;
        private final Map<Place, Node> built = new HashMap<>();
        /** By their second chain. */
        private final Map<Integer, Overlap> overlaps = new LinkedHashMap<>();

        private record Place(Criterion by, BitSet chains) {
        }

        Builder(List<ChainMatch> matches) {
            this.matches = matches;
        }

        Node build() throws TooManyWays {
            var all = new BitSet();
            all.set(0, matches.size());
            return split(Criterion.DESTINATION_PORT, all);
        }

        private Node split(Criterion from, BitSet among) throws TooManyWays {
            if (among.isEmpty()) {
                return Nothing.HERE;
            }
            // most sets are of one chain that asks for nothing more: what tells nobody apart needs no node
            Criterion by = from;
            while (!asked(by, among)) {
                if (!by.hasNext()) {
                    return behind(by, among);
                }
                by = by.next();
            }
            var place = new Place(by, among);
            Node before = built.get(place);
            if (before != null) {
                return before;
            }
            var sets = new LinkedHashMap<Object, BitSet>();
            var rest = new BitSet();
            for (int i = among.nextSetBit(0); i >= 0; i = among.nextSetBit(i + 1)) {
                List<?> wanted = by.wanted(matches.get(i));
                if (wanted.isEmpty()) {
                    rest.set(i);
                }
                for (Object value : wanted) {
                    sets.computeIfAbsent(value, _ -> new BitSet()).set(i);
                }
            }
            Node node = branch(by, sets, rest, among);
            built.put(place, node);
            if (built.size() > NODES_MAX) {
                throw new TooManyWays();
            }
            return node;
        }

        private boolean asked(Criterion by, BitSet among) {
            for (int i = among.nextSetBit(0); i >= 0; i = among.nextSetBit(i + 1)) {
                if (!by.wanted(matches.get(i)).isEmpty()) {
                    return true;
                }
            }
            return false;
        }

        private Node branch(Criterion by, Map<Object, BitSet> sets, BitSet rest, BitSet among) throws TooManyWays {
            var ways = new HashMap<Object, Node>();
            for (var each : sets.entrySet()) {
                ways.put(each.getKey(), behind(by, each.getValue()));
            }
            return new Branch(by, ways, behind(by, rest), needs(among));
        }

        private Needs needs(BitSet among) {
            var asking = among.stream().mapToObj(matches::get).toList();
            return new Needs(
                    asking.stream().anyMatch(each -> !each.serverNames().isEmpty()
                            || !each.transportProtocol().isEmpty() || !each.applicationProtocols().isEmpty()),
                    asking.stream().anyMatch(each -> !each.applicationProtocols().isEmpty()));
        }

        private Node behind(Criterion by, BitSet chains) throws TooManyWays {
            if (by.hasNext()) {
                return split(by.next(), chains);
            }
            int first = chains.nextSetBit(0);
            if (first < 0) {
                return Nothing.HERE;
            }
            for (int second : chains.stream().skip(1).toArray()) {
                overlaps.putIfAbsent(second, new Overlap(first, second));
            }
            return new Leaf(first);
        }
    }
}
