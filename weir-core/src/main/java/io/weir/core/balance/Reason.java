package io.weir.core.balance;

/** Why there is no host. */
public enum Reason {
    /** The cluster has none. */
    NO_HOST,
    /** The cluster has hosts, but none is to be used. */
    NO_HEALTHY_HOST,
    /** There may be hosts, but a part of the requests is refused to lower the load. */
    DROPPED
}
