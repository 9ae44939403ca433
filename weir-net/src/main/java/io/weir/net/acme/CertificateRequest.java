package io.weir.net.acme;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.List;

/** Asks for a certificate of some names (PKCS#10, RFC 2986; the names as RFC 8555 section 7.4 wants them). */
final class CertificateRequest {
    private static final String EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
    private static final String ALTERNATIVE_NAMES = "2.5.29.17";
    private static final int DNS_NAME = 0x82;

    private CertificateRequest() {}

    /**
     * The request, in DER.
     *
     * @param names
     *            of hosts, in ASCII
     */
    static byte[] make(KeyPair keys, List<String> names) {
        byte[] wanted = Der.sequence(Der.object(EXTENSION_REQUEST), Der.set(Der.sequence(alternativeNames(names))));
        byte[] nobody = Der.sequence(); // the authority knows names only, and puts no subject in
        byte[] content = Der.sequence(Der.integer(0), nobody, keys.getPublic().getEncoded(), Der.tagged(0, wanted));
        return Keys.signed(content, keys.getPrivate());
    }

    /** The extension with the names (RFC 5280 section 4.2.1.6). */
    static byte[] alternativeNames(List<String> names) {
        byte[][] all = names.stream().map(name -> Der.element(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII)))
                .toArray(byte[][]::new);
        return Der.sequence(Der.object(ALTERNATIVE_NAMES), Der.octets(Der.sequence(all)));
    }
}
