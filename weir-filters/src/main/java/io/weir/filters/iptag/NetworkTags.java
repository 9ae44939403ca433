package io.weir.filters.iptag;

import io.weir.http.route.tree.Network;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which tags an address has: one look for each length of prefix that there is, however many networks have it.
 * Immutable; any thread.
 */
final class NetworkTags {
    /** An address's first bits; the rest are zero. */
    private record Prefix(boolean wide, int bits, long high, long low) {
        static Prefix of(byte[] address, int bits) {
            boolean wide = address.length > 4;
            long high = number(address, 0);
            long low = wide ? number(address, 8) : 0;
            return new Prefix(wide, bits, high & mask(Math.min(bits, 64)), low & mask(Math.max(0, bits - 64)));
        }

        /** Eight bytes, or as many as there are and zeros behind them. */
        private static long number(byte[] address, int from) {
            long number = 0;
            for (int i = from; i < from + 8; i++) {
                number = number << 8 | (i < address.length ? address[i] & 0xff : 0);
            }
            return number;
        }

        private static long mask(int bits) {
            return bits == 0 ? 0 : -1L << (64 - bits);
        }
    }

    private final Map<Prefix, List<Integer>> tags = new HashMap<>();
    private final int[] narrowLengths;
    private final int[] wideLengths;

    /**
     * @param networks
     *            of each tag, in the order of the tags
     */
    NetworkTags(List<List<Network>> networks) {
        var narrow = new TreeSet<Integer>();
        var wide = new TreeSet<Integer>();
        for (int tag = 0; tag < networks.size(); tag++) {
            for (var network : networks.get(tag)) {
                (network.address().length > 4 ? wide : narrow).add(network.prefixBits());
                tags.computeIfAbsent(Prefix.of(network.address(), network.prefixBits()), _ -> new ArrayList<>(1))
                        .add(tag);
            }
        }
        narrowLengths = narrow.stream().mapToInt(Integer::intValue).toArray();
        wideLengths = wide.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * The numbers of an address's tags, each once, in their order.
     *
     * @param address
     *            4 or 16 bytes
     */
    List<Integer> of(byte[] address) {
        TreeSet<Integer> found = null;
        for (int bits : address.length > 4 ? wideLengths : narrowLengths) {
            var some = tags.get(Prefix.of(address, bits));
            if (some != null) {
                found = found == null ? new TreeSet<>() : found;
                found.addAll(some);
            }
        }
        return found == null ? List.of() : List.copyOf(found);
    }
}
