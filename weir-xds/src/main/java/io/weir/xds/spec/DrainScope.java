package io.weir.xds.spec;

/**
 * Which drains reach a listener; those of the whole process, and those of a change of its own, always do.
 *
 * @param modifyOnly
 *            whether it stays as it is while health checks are told to fail (Envoy's {@code drain_type: MODIFY_ONLY})
 * @param inbound
 *            whether its traffic is on its way in ({@code traffic_direction: INBOUND})
 */
public record DrainScope(boolean modifyOnly, boolean inbound) {
    /** Every drain but one of inbound listeners alone. */
    public static final DrainScope DEFAULT = new DrainScope(false, false);
}
