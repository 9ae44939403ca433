package io.weir.core.model;

/** Where the hosts of a cluster come from. */
public enum DiscoveryType {
    /** From the configuration, as addresses. */
    STATIC,
    /** From names; every address of a name is a host. */
    STRICT_DNS,
    /** From one name; one of its addresses at a time is the host. */
    LOGICAL_DNS,
    /** From nowhere: it stands for other clusters. */
    AGGREGATE,
    /** From the requests and their connections: each says its own address. */
    ORIGINAL_DST
}
