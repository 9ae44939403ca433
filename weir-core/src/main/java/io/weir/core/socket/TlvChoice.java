package io.weir.core.socket;

import java.util.Set;

/**
 * Which values of the PROXY protocol go on. Source: Envoy's {@code ProxyProtocolPassThroughTLVs}. Immutable.
 *
 * @param all
 *            whether every one does
 * @param types
 *            which do, where not all do
 */
public record TlvChoice(boolean all, Set<Integer> types) {
    /** None. */
    public static final TlvChoice NONE = new TlvChoice(false, Set.of());
    /** Every one. */
    public static final TlvChoice ALL = new TlvChoice(true, Set.of());

    public TlvChoice {
        types = Set.copyOf(types);
    }

    /** Whether this one goes on. What tells of the head that it came in, and of nothing else, never does. */
    public boolean takes(Tlv value) {
        return value.type() != Tlv.CRC32C && value.type() != Tlv.NOOP && (all || types.contains(value.type()));
    }
}
