package io.weir.filters.compression;

/** A content coding as it is configured, to compress with. Immutable; any thread. */
public interface Compression {
    /** Its name in {@code content-encoding} (RFC 9110 section 8.4.1). */
    String encoding();

    /** Its name in numbers: Envoy's for the library. */
    String statName();

    /** One body's. */
    Compressing open();
}
