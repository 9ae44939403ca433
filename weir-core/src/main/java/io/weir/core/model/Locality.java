package io.weir.core.model;

/** Where a host stands, as Envoy names it; an empty string means unknown. */
public record Locality(String region, String zone, String subZone) {
    /** Nothing is known of where the host stands. */
    public static final Locality UNKNOWN = new Locality("", "", "");

    /** Nothing is said of where something stands. */
    public boolean isUnknown() {
        return region.isEmpty() && zone.isEmpty() && subZone.isEmpty();
    }
}
