package io.weir.net.tls;

import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.DataSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who a side of TLS says it is: a certificate with those that lead to its issuer, and the key.
 *
 * @param chain
 *            the certificate first
 * @param staple
 *            what goes with it; null: nothing
 */
record Identity(List<X509Certificate> chain, PrivateKey key, @Nullable Staple staple) {
    /** The extension by which a certificate asks for a staple (RFC 7633), and all of its value but the length. */
    private static final String FEATURES = "1.3.6.1.5.5.7.1.24";
    private static final int STATUS_REQUEST = 5;
    private static final int RSA_BITS_MIN = 2048;
    private static final int CHAIN_MAX = 100;

    X509Certificate certificate() {
        return chain.getFirst();
    }

    /** Whether the certificate says that it is good for nothing without a staple (RFC 7633). */
    boolean mustBeStapled() {
        byte[] features = certificate().getExtensionValue(FEATURES);
        // OCTET STRING of SEQUENCE of INTEGER, all of them short: 04 xx 30 yy 02 01 05 ...
        for (int i = 4; features != null && i + 2 < features.length; i += 2 + Byte.toUnsignedInt(features[i + 1])) {
            if (features[i + 1] == 1 && features[i + 2] == STATUS_REQUEST) {
                return true;
            }
        }
        return false;
    }

    /** Whether it signs by an elliptic curve: not every client can check that. */
    boolean ecdsa() {
        return certificate().getPublicKey() instanceof ECPublicKey;
    }

    /**
     * Reads a certificate and its key. Waits for files.
     *
     * @param path
     *            where it stands
     * @throws TlsFailure
     *             for the first thing that is wrong
     */
    static Identity read(CertificateSpec spec, String path) throws TlsFailure {
        DataSource archive = spec.pkcs12();
        if (archive != null) {
            return archive(spec, archive, path);
        }
        DataSource chainSource = spec.chain();
        DataSource keySource = spec.key();
        if (chainSource == null) {
            throw new TlsFailure(path, "", "there is no certificate", "add certificate_chain");
        }
        if (keySource == null) {
            throw new TlsFailure(path, "", "the certificate has no key", "add private_key");
        }
        List<X509Certificate> chain = certificates(Secrets.text(chainSource, path + ".certificate_chain"),
                path + ".certificate_chain", Secrets.name(chainSource));
        strong(chain.getFirst(), path + ".certificate_chain", Secrets.name(chainSource));
        String password = spec.password() == null ? null : Secrets.password(spec.password(), path + ".password");
        PrivateKey key = PrivateKeys.read(Secrets.text(keySource, path + ".private_key"),
                chain.getFirst().getPublicKey(), password, path + ".private_key", Secrets.name(keySource));
        return new Identity(chain, key, staple(spec, chain.getFirst(), path));
    }

    private static @Nullable Staple staple(CertificateSpec spec, X509Certificate certificate, String path)
            throws TlsFailure {
        DataSource source = spec.staple();
        return source == null
                ? null
                : Staple.read(Secrets.bytes(source, path + ".ocsp_staple"), certificate, path + ".ocsp_staple",
                        Secrets.name(source));
    }

    /** All certificates of a PEM text, in its order; at least one. */
    static List<X509Certificate> certificates(String text, String path, String name) throws TlsFailure {
        var found = new ArrayList<X509Certificate>();
        for (Pem block : Pem.blocks(text, path, name)) {
            if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")
                    || block.label().equals("TRUSTED CERTIFICATE")) {
                found.add(certificate(block.der(), path, name, found.size()));
            }
        }
        if (found.isEmpty()) {
            throw new TlsFailure(path, name, "there is no certificate in it", "name the file that has it");
        }
        return found;
    }

    private static X509Certificate certificate(byte[] der, String path, String name, int number) throws TlsFailure {
        try {
            var factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new TlsFailure(path, name, "certificate " + (number + 1) + " of it cannot be read: "
                    + e.getMessage(), "write the PEM again");
        }
    }

    /** What BoringSSL and clients take today: RSA of 2048 bits or more, and elliptic curves. */
    private static void strong(X509Certificate certificate, String path, String name) throws TlsFailure {
        switch (certificate.getPublicKey()) {
            case RSAPublicKey rsa when rsa.getModulus().bitLength() < RSA_BITS_MIN -> throw new TlsFailure(path, name,
                    "the certificate's key of RSA has " + rsa.getModulus().bitLength() + " bits only",
                    "use one of " + RSA_BITS_MIN + " bits or more");
            case RSAPublicKey _,ECPublicKey _ -> {
                // good
            }
            default -> throw new TlsFailure(path, name, "Weir has no use for a certificate with a key of "
                    + certificate.getPublicKey().getAlgorithm(), "use one with a key of RSA or ECDSA");
        }
    }

    private static Identity archive(CertificateSpec spec, DataSource archive, String place) throws TlsFailure {
        String path = place + ".pkcs12";
        String name = Secrets.name(archive);
        DataSource sealed = spec.password();
        char[] password = (sealed == null ? "" : Secrets.password(sealed, path)).toCharArray();
        byte[] bytes = Secrets.bytes(archive, path);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(bytes), password);
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias) && store.getKey(alias, password) instanceof PrivateKey key) {
                    var chain = new ArrayList<X509Certificate>();
                    Certificate[] certified = store.getCertificateChain(alias); // null where no certificate fits it
                    for (Certificate each : certified == null ? new Certificate[0] : certified) {
                        if (chain.size() < CHAIN_MAX && each instanceof X509Certificate certificate) {
                            chain.add(certificate);
                        }
                    }
                    if (chain.isEmpty()) {
                        throw new TlsFailure(path, name, "there is a key in the archive, and no certificate that"
                                + " belongs to it", "write it again with openssl pkcs12 -export -in CERTIFICATE");
                    }
                    strong(chain.getFirst(), path, name);
                    return new Identity(chain, key, staple(spec, chain.getFirst(), place));
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new TlsFailure(path, name, "the archive cannot be opened: " + e.getMessage(),
                    "correct the password, or write the archive again with openssl pkcs12 -export");
        }
        throw new TlsFailure(path, name, "there is no key in the archive",
                "write it again with openssl pkcs12 -export -inkey");
    }
}
