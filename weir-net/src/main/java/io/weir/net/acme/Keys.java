package io.weir.net.acme;

import io.weir.core.tls.AcmeSpec;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/** New keys, and what they sign. */
final class Keys {
    private static final int RSA_BITS = 2048;
    private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    private static final String RSA_WITH_SHA256 = "1.2.840.113549.1.1.11";

    private Keys() {}

    static KeyPair make(AcmeSpec.KeyKind kind) {
        try {
            return switch (kind) {
                case ECDSA_P256 -> ecdsa();
                case RSA_2048 -> {
                    var generator = KeyPairGenerator.getInstance("RSA");
                    generator.initialize(RSA_BITS);
                    yield generator.generateKeyPair();
                }
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has both
        }
    }

    private static KeyPair ecdsa() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        try {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        } catch (InvalidAlgorithmParameterException e) {
            throw new IllegalStateException(e);
        }
        return generator.generateKeyPair();
    }

    /** What is to be signed, with how it is signed and the signature behind it (RFC 5280 section 4.1.1). */
    static byte[] signed(byte[] content, PrivateKey key) {
        try {
            var signature = Signature.getInstance(rsa(key) ? "SHA256withRSA" : "SHA256withECDSA");
            signature.initSign(key);
            signature.update(content);
            return Der.sequence(content, algorithm(key), Der.bits(signature.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How a key signs: RSA's identifier has an empty parameter (RFC 4055 section 5), ECDSA's has none. */
    static byte[] algorithm(PrivateKey key) {
        return rsa(key)
                ? Der.sequence(Der.object(RSA_WITH_SHA256), Der.nothing())
                : Der.sequence(Der.object(ECDSA_WITH_SHA256));
    }

    private static boolean rsa(PrivateKey key) {
        return key.getAlgorithm().equals("RSA");
    }
}
