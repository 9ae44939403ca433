package io.weir.xds.spec;

/**
 * What takes the datagrams of a listener: the one filter of its one chain.
 *
 * @param datagramBytesMax
 *            longer datagrams of clients are dropped
 */
public record DatagramSpec(DatagramFilter filter, int datagramBytesMax) {
    /** Envoy's default of {@code max_rx_datagram_size}. */
    public static final int DATAGRAM_BYTES_DEFAULT = 1500;
    /** Envoy's bound of it, which is that of IP. */
    public static final int DATAGRAM_BYTES_LIMIT = 65_535;
}
