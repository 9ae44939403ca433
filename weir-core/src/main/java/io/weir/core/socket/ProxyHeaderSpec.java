package io.weir.core.socket;

import java.util.List;

/**
 * What hosts are told of clients, by the PROXY protocol. Source: Envoy's {@code ProxyProtocolConfig}. Immutable.
 *
 * @param version
 *            1 or 2
 * @param passed
 *            which of the values that came with the client's connection are told too; by version 2 alone
 * @param added
 *            what else is told; goes before what came with the connection where the types are the same
 */
public record ProxyHeaderSpec(int version, TlvChoice passed, List<Tlv> added) {
    /** What version 2 has room for beside the addresses of IPv6. */
    public static final int VALUES_BYTES_MAX = 65_535 - 36;

    public ProxyHeaderSpec {
        added = List.copyOf(added);
        if (version != 1 && version != 2) {
            throw new IllegalArgumentException("version " + version);
        }
    }
}
