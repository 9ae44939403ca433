package io.weir.core.balance;

/** Why there is no host. */
public enum Reason {
    /** The cluster has none. */
    NO_HOST,
    /** The cluster has hosts, but all are announced as not to be used. */
    NO_HEALTHY_HOST
}
