package io.weir.core.tls;

import java.util.List;

/**
 * What two sides may agree on: Envoy's {@code tls_params}. Immutable; any thread.
 *
 * @param min
 *            the oldest version
 * @param max
 *            the newest version, not older than {@code min}
 * @param ciphers
 *            cipher suites of TLS 1.2 and older by OpenSSL's names, the best first; several between brackets and bars,
 *            {@code [A|B]}, are as good as each other. Those of TLS 1.3 are not chosen: all three are offered
 * @param groups
 *            key exchanges by BoringSSL's names, the best first
 */
public record TlsParameters(TlsVersion min, TlsVersion max, List<String> ciphers, List<String> groups) {
    /**
     * Forward secrecy and authenticated encryption only, as Envoy's own defaults; where both sides have it, a key
     * exchange that a quantum computer does not break (draft-ietf-tls-ecdhe-mlkem).
     */
    public static final TlsParameters DEFAULT = new TlsParameters(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3,
            List.of("[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]",
                    "[ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-CHACHA20-POLY1305]", "ECDHE-ECDSA-AES256-GCM-SHA384",
                    "ECDHE-RSA-AES256-GCM-SHA384"),
            List.of("X25519MLKEM768", "X25519", "P-256"));

    public TlsParameters {
        if (min.compareTo(max) > 0) {
            throw new IllegalArgumentException("versions from " + min + " to " + max);
        }
        ciphers = List.copyOf(ciphers);
        groups = List.copyOf(groups);
    }

    /** All ciphers as OpenSSL takes them. */
    public String cipherLine() {
        return String.join(":", ciphers);
    }

    /** Whether some ciphers are as good as each other. */
    public boolean grouped() {
        return cipherLine().indexOf('[') >= 0;
    }
}
