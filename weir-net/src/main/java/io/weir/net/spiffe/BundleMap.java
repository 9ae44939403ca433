package io.weir.net.spiffe;

import io.weir.core.value.JsonReader;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bundles of several trust domains in one document of JSON,
 * <code>{"trust_domains": {"example.org": {"keys": [{"use": "x509-svid", "x5c": ["MII..."]}]}}}</code>: each bundle is
 * a set of JWKs. Keys of other uses, and members that nobody knows, say nothing here. Source: SPIFFE Trust Domain and
 * Bundle, section 4; RFC 7517 section 4.7; Envoy's {@code trust_bundles}. Stateless.
 */
public final class BundleMap {
    private static final String DOMAINS = "trust_domains";
    private static final String USE = "x509-svid";
    private static final String WRITE = "write {\"trust_domains\": {\"example.org\": {\"keys\": [{\"use\":"
            + " \"x509-svid\", \"x5c\": [\"MII...\"]}]}}}";

    private BundleMap() {}

    /** A document is no map of bundles; the message says where in it. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        private final String cure;

        Malformed(String message, String cure) {
            super(message);
            this.cure = cure;
        }

        /** What is wrong. */
        public String text() {
            return String.valueOf(getMessage());
        }

        public String cure() {
            return cure;
        }
    }

    /**
     * Who may issue certificates for the names of which trust domain: nobody for those whose bundle has no such key, as
     * its operator takes back what he had published by that (section 4.1.3).
     *
     * @throws Malformed
     *             for the first thing that is wrong, also where there is no certificate in all of it
     */
    public static Map<String, List<X509Certificate>> read(String text) throws Malformed {
        Object all;
        try {
            all = JsonReader.read(text);
        } catch (JsonReader.Malformed e) {
            throw new Malformed("this is no JSON: " + e.getMessage(), WRITE);
        }
        if (!(member(all, DOMAINS) instanceof Map<?, ?> domains)) {
            throw new Malformed("it has no object trust_domains", WRITE);
        }
        Map<String, List<X509Certificate>> bundles = new LinkedHashMap<>();
        for (Map.Entry<?, ?> each : domains.entrySet()) {
            String name = String.valueOf(each.getKey());
            if (!name.matches("[a-z0-9._-]{1,255}")) { // SPIFFE-ID section 2.1
                throw new Malformed("\"" + name + "\" in trust_domains is no trust domain of SPIFFE",
                        "write the part between spiffe:// and the next slash, in small letters: example.org");
            }
            bundles.put(name, bundle(DOMAINS + "." + name, each.getValue()));
        }
        if (bundles.values().stream().allMatch(List::isEmpty)) {
            throw new Malformed("there is no certificate in it: no key has the use " + USE, WRITE);
        }
        return bundles;
    }

    private static List<X509Certificate> bundle(String at, @Nullable Object bundle) throws Malformed {
        if (!(member(bundle, "keys") instanceof List<?> keys)) {
            throw new Malformed(at + " has no list keys", WRITE);
        }
        List<X509Certificate> found = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            String key = at + ".keys[" + i + "]";
            if (!(keys.get(i) instanceof Map<?, ?>)) {
                throw new Malformed(key + " is no object", WRITE);
            }
            if (USE.equals(member(keys.get(i), "use"))) {
                certificates(key + ".x5c", member(keys.get(i), "x5c"), found);
            }
        }
        return List.copyOf(found);
    }

    private static void certificates(String at, @Nullable Object chain, List<X509Certificate> found) throws Malformed {
        if (!(chain instanceof List<?> list) || list.isEmpty()) {
            throw new Malformed(at + " is no list of certificates", WRITE);
        }
        for (int i = 0; i < list.size(); i++) {
            try {
                // of a X.509 certificate in DER, in Base64 and not in that of URLs, as the other members of a key are
                byte[] der = Base64.getDecoder().decode(String.valueOf(list.get(i)));
                found.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der)));
            } catch (IllegalArgumentException | CertificateException e) {
                throw new Malformed(at + "[" + i + "] is no certificate: " + e.getMessage(),
                        "write what stands in its PEM between the first line and the last, without the lines' ends");
            }
        }
    }

    private static @Nullable Object member(@Nullable Object object, String name) {
        return object instanceof Map<?, ?> map ? map.get(name) : null;
    }
}
