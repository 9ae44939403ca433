package io.weir.net.acme;

import io.weir.core.tls.AcmeSpec;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The certificate that proves to an authority, and to nobody else, that this server has a name (RFC 8737 section 3):
 * signed by itself, for this one name, with a digest of what only the account's holder can say.
 */
record ChallengeCertificate(X509Certificate certificate, PrivateKey key) {
    private static final String ACME_IDENTIFIER = "1.3.6.1.5.5.7.1.31";
    private static final String COMMON_NAME = "2.5.4.3";
    private static final Duration LIFE = Duration.ofDays(7);
    private static final int SERIAL_BITS = 63;
    private static final int VERSION_3 = 2;

    /**
     * Makes one.
     *
     * @param name
     *            of the host, in ASCII
     * @param keyAuthorization
     *            the challenge's token and the account's thumbprint (RFC 8555 section 8.1)
     */
    static ChallengeCertificate make(String name, String keyAuthorization, Instant now) {
        KeyPair keys = Keys.make(AcmeSpec.KeyKind.ECDSA_P256);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(keyAuthorization.getBytes(StandardCharsets.US_ASCII));
            byte[] who = Der.sequence(Der.set(Der.sequence(Der.object(COMMON_NAME), Der.text("ACME challenge"))));
            byte[] proof = Der.sequence(Der.object(ACME_IDENTIFIER), Der.truth(), Der.octets(Der.octets(digest)));
            byte[] content = Der.sequence( //
                    Der.tagged(0, Der.integer(VERSION_3)), //
                    Der.integer(BigInteger.valueOf(now.toEpochMilli()).setBit(SERIAL_BITS - 1)), //
                    Keys.algorithm(keys.getPrivate()), //
                    who, //
                    Der.sequence(Der.time(now.minus(Duration.ofHours(1))), Der.time(now.plus(LIFE))), //
                    who, //
                    keys.getPublic().getEncoded(), //
                    Der.tagged(3, Der.sequence(CertificateRequest.alternativeNames(List.of(name)), proof)));
            var factory = CertificateFactory.getInstance("X.509");
            var in = new ByteArrayInputStream(Keys.signed(content, keys.getPrivate()));
            return new ChallengeCertificate((X509Certificate) factory.generateCertificate(in), keys.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // what was written here can be read
        }
    }
}
