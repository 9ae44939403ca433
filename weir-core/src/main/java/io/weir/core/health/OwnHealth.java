package io.weir.core.health;

/**
 * What this proxy says of itself to those who check it: well, until it is told to look unwell. Any thread.
 */
public final class OwnHealth {
    private volatile boolean failed;
    private volatile String cluster = "";

    /** Told to look unwell. */
    public boolean failed() {
        return failed;
    }

    /** It is to look unwell, or no longer. */
    public void failed(boolean now) {
        failed = now;
    }

    /** The cluster that it says it is one of: the node's; empty where nothing is said. */
    public String cluster() {
        return cluster;
    }

    /** It is one of this cluster. */
    public void cluster(String name) {
        cluster = name;
    }
}
