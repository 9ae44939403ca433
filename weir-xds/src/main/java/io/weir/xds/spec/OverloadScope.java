package io.weir.xds.spec;

/**
 * What of the overload manager reaches the connections of a listener, and how many there may be.
 *
 * @param limited
 *            whether they are refused when there are too many connections of all listeners together; they count in any
 *            case
 * @param managed
 *            whether they are shed when they come, and left in the kernel's queue, while resources are short
 * @param connectionsMax
 *            of this listener at a time; those beyond it are refused
 */
public record OverloadScope(boolean limited, boolean managed, long connectionsMax) {
    /** All of it, and no limit of its own. */
    public static final OverloadScope DEFAULT = new OverloadScope(true, true, Long.MAX_VALUE);
}
