package io.weir.core.chain;

/** Where clients are, by Envoy's {@code ConnectionSourceType}. */
public enum SourceType {
    /** Anywhere. */
    ANY,
    /** On this machine: at a loopback address, or at the address that they connected to. */
    SAME_IP_OR_LOOPBACK,
    /** Elsewhere. */
    EXTERNAL
}
