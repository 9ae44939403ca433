package io.weir.filters.compression;

/** A content coding as it is configured, to decompress. Immutable; any thread. */
public interface Decompression {
    /** Its name in {@code content-encoding}. */
    String encoding();

    /** Its name in numbers: Envoy's for the library. */
    String statName();

    /** How many bytes may come of one, in a body. */
    int ratioMax();

    /** One body's. */
    Decompressing open();
}
