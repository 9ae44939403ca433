package io.weir.xds.spec;

/**
 * What of the overload manager reaches the connections of a listener.
 *
 * @param limited
 *            whether they are refused when there are too many connections of all listeners together; they count in any
 *            case
 * @param managed
 *            whether they are shed when they come, and left in the kernel's queue, while resources are short
 */
public record OverloadScope(boolean limited, boolean managed) {
    /** All of it. */
    public static final OverloadScope DEFAULT = new OverloadScope(true, true);
}
