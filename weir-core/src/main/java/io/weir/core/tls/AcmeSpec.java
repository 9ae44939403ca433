package io.weir.core.tls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate that Weir has issued for itself by an authority (ACME, RFC 8555). Immutable; any thread.
 *
 * @param name
 *            what it is called in files, numbers and lines
 * @param domains
 *            names of hosts that it is for, in ASCII and lower case; at least one, none of them with {@code *}
 * @param directory
 *            where the authority begins: an {@code https} URL
 * @param email
 *            where the authority may write to; empty: nowhere
 * @param termsAgreed
 *            whether its terms are agreed to
 * @param storage
 *            the directory in which keys and certificates are kept
 * @param challenge
 *            how it is proved that the names are ours
 * @param key
 *            the kind of the certificate's key
 * @param authority
 *            certificates in PEM by which the authority's own server is believed; null: the Java runtime's
 * @param binding
 *            an account elsewhere that the authority wants to know; null: none
 */
public record AcmeSpec(String name, List<String> domains, String directory, String email, boolean termsAgreed,
        String storage, Challenge challenge, KeyKind key, @Nullable DataSource authority, @Nullable Binding binding) {
    /** Let's Encrypt. */
    public static final String DIRECTORY_DEFAULT = "https://acme-v02.api.letsencrypt.org/directory";
    /** Where a service of the system keeps what is its own. */
    public static final String STORAGE_DEFAULT = "/var/lib/weir/acme";

    /** Proofs: a file over HTTP on port 80 (RFC 8555 section 8.3), or a certificate on port 443 (RFC 8737). */
    public enum Challenge {
        HTTP_01("http-01"), TLS_ALPN_01("tls-alpn-01");

        private final String type;

        Challenge(String type) {
            this.type = type;
        }

        /** What authorities call it. */
        public String type() {
            return type;
        }
    }

    /** Kinds of keys. */
    public enum KeyKind {
        ECDSA_P256("ecdsa-p256"), RSA_2048("rsa-2048");

        private final String label;

        KeyKind(String label) {
            this.label = label;
        }

        /** What configurations call it. */
        public String label() {
            return label;
        }
    }

    /**
     * An account elsewhere (RFC 8555 section 7.3.4).
     *
     * @param id
     *            its name there
     * @param key
     *            what was handed out for it, in Base64 for URLs
     */
    public record Binding(String id, DataSource key) {
    }

    public AcmeSpec {
        domains = List.copyOf(domains);
    }

    /** The file with the certificate, those that lead to its issuer, and the key. */
    public String file() {
        return file(storage, name);
    }

    /** The file of a certificate of this name in this directory. */
    public static String file(String storage, String name) {
        return storage + "/" + name + ".pem";
    }
}
