package io.weir.core.model;

import java.util.Set;

/**
 * What may be known of a host's health besides what its source announced. Envoy's words, as {@code /clusters} shows.
 */
public enum HealthFlag {
    /** Nobody answered its connects: left out for a moment. Shown as an outlier, which it is. */
    UNREACHABLE("failed_outlier_check", true, false),
    /** An outlier among its peers: left out until its ejection is over. */
    FAILED_OUTLIER_CHECK("failed_outlier_check", true, false),
    /** Its health checks fail, or none has succeeded yet. */
    FAILED_ACTIVE_HC("failed_active_hc", true, false),
    /** Its health checks succeed, and it says that others are to be preferred. */
    DEGRADED_ACTIVE_HC("degraded_active_hc", false, false),
    /** New and not checked yet: neither well nor unwell. */
    PENDING_ACTIVE_HC("pending_active_hc", false, true),
    /** It asked to be left alone; it does not count among those that should be well. */
    EXCLUDED_VIA_IMMEDIATE_HC_FAIL("excluded_via_immediate_hc_fail", false, true),
    /** Its last failed check was a timeout. */
    ACTIVE_HC_TIMEOUT("active_hc_timeout", false, false),
    /** Its source has dropped it; it stays while its checks succeed. */
    PENDING_DYNAMIC_REMOVAL("pending_dynamic_removal", false, false);

    private final String word;
    private final boolean down;
    private final boolean excluded;

    HealthFlag(String word, boolean down, boolean excluded) {
        this.word = word;
        this.down = down;
        this.excluded = excluded;
    }

    /** Envoy's word. */
    public String word() {
        return word;
    }

    int bit() {
        return 1 << ordinal();
    }

    static int bits(Set<HealthFlag> flags) {
        int bits = 0;
        for (HealthFlag flag : flags) {
            bits |= flag.bit();
        }
        return bits;
    }

    /** The bits of the flags with which a host is not to be picked. */
    static int downBits() {
        int bits = 0;
        for (HealthFlag flag : values()) {
            bits |= flag.down ? flag.bit() : 0;
        }
        return bits;
    }

    /** The bits of the flags with which a host counts neither as well nor as unwell. */
    static int excludedBits() {
        int bits = 0;
        for (HealthFlag flag : values()) {
            bits |= flag.excluded ? flag.bit() : 0;
        }
        return bits;
    }
}
