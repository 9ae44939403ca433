package io.weir.core.model;

/** Which addresses a name is asked for: Envoy's {@code dns_lookup_family}. */
public enum LookupFamily {
    /** IPv6, or IPv4 where there is no IPv6. */
    AUTO,
    /** IPv4. */
    V4_ONLY,
    /** IPv6. */
    V6_ONLY,
    /** IPv4, or IPv6 where there is no IPv4. */
    V4_PREFERRED,
    /** Both. */
    ALL
}
