package io.weir.net.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Reads private keys in PEM: PKCS#8 (RFC 5208), PKCS#1 (RFC 8017 appendix A.1.2) and SEC1 (RFC 5915), and those of them
 * that are encrypted, by PKCS#8 (RFC 8018) or by OpenSSL's older headers.
 */
final class PrivateKeys {
    private static final String PKCS8 = "PRIVATE KEY";
    private static final String PKCS8_ENCRYPTED = "ENCRYPTED PRIVATE KEY";
    private static final String RSA = "RSA PRIVATE KEY";
    private static final String EC = "EC PRIVATE KEY";
    private static final String PASSWORD_CURE = "set password, or decrypt it with openssl pkey";
    /** Object identifier of PBES2 (RFC 8018 section 6.2): the parameters then name the algorithm. */
    private static final String PBES2 = "1.2.840.113549.1.5.13";
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final byte[] VERSION_0 = {2, 1, 0};
    private static final int SALT_BYTES = 8;

    private final PublicKey certified;
    private final @Nullable String password;
    private final String path;
    private final String name;

    private PrivateKeys(PublicKey certified, @Nullable String password, String path, String name) {
        this.certified = certified;
        this.password = password;
        this.path = path;
        this.name = name;
    }

    /**
     * The key of a certificate.
     *
     * @param certified
     *            the certificate's public key, which the private one must fit
     * @param password
     *            what it is encrypted with, if it is
     * @param path
     *            where the text stands
     * @param name
     *            of its source
     * @throws TlsFailure
     *             when it cannot be read or does not fit
     */
    static PrivateKey read(String text, PublicKey certified, @Nullable String password, String path, String name)
            throws TlsFailure {
        return new PrivateKeys(certified, password, path, name).read(text);
    }

    private PrivateKey read(String text) throws TlsFailure {
        List<Pem> blocks = Pem.blocks(text, path, name);
        for (Pem block : blocks) {
            if (block.label().endsWith(PKCS8)) {
                PrivateKey key = key(block);
                fits(key);
                return key;
            }
        }
        throw new TlsFailure(path, name, "there is no private key, only " + blocks.getFirst().label(),
                "name the file that has the key of the certificate");
    }

    private PrivateKey key(Pem block) throws TlsFailure {
        String algorithm = certified.getAlgorithm();
        boolean other = block.label().equals(RSA) && !algorithm.equals("RSA")
                || block.label().equals(EC) && !algorithm.equals("EC");
        if (other) {
            throw unfit("its kind is another: " + block.label() + " for a certificate with a key of " + algorithm);
        }
        try {
            KeySpec spec = switch (block.label()) {
                case PKCS8 -> new PKCS8EncodedKeySpec(block.der());
                case PKCS8_ENCRYPTED -> decrypted(block.der());
                case RSA, EC -> new PKCS8EncodedKeySpec(wrapped(openedOld(block)));
                default -> throw new TlsFailure(path, name, "Weir does not know this form of a key: " + block.label(),
                        "convert it with openssl pkey");
            };
            return KeyFactory.getInstance(algorithm).generatePrivate(spec);
        } catch (GeneralSecurityException | IOException e) {
            boolean encrypted = block.label().equals(PKCS8_ENCRYPTED) || block.headers().containsKey("DEK-Info");
            throw new TlsFailure(path, name, encrypted
                    ? "the key cannot be decrypted: the password is wrong, or the key is damaged"
                    : "this is no private key of a certificate with a key of " + algorithm,
                    encrypted ? "correct the password" : "name the key that belongs to the certificate");
        }
    }

    private String password() throws TlsFailure {
        if (password == null) {
            throw new TlsFailure(path, name, "the key is encrypted, and there is no password", PASSWORD_CURE);
        }
        return password;
    }

    private KeySpec decrypted(byte[] der) throws GeneralSecurityException, IOException, TlsFailure {
        var sealed = new EncryptedPrivateKeyInfo(der);
        AlgorithmParameters parameters = sealed.getAlgParameters();
        boolean second = sealed.getAlgName().equals("PBES2") || sealed.getAlgName().equals(PBES2);
        String algorithm = second && parameters != null ? parameters.toString() : sealed.getAlgName();
        var secret = SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password().toCharArray()));
        var cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.DECRYPT_MODE, secret, parameters);
        return sealed.getKeySpec(cipher);
    }

    /** The content of a block that may be encrypted by headers: {@code DEK-Info: AES-256-CBC,0123...} */
    private byte[] openedOld(Pem block) throws GeneralSecurityException, TlsFailure {
        String how = block.headers().get("DEK-Info");
        if (how == null) {
            return block.der();
        }
        int comma = how.indexOf(',');
        String algorithm = comma < 0 ? how : how.substring(0, comma).toUpperCase(Locale.ROOT);
        int keyBytes = switch (algorithm) {
            case "AES-128-CBC" -> 16;
            case "AES-192-CBC", "DES-EDE3-CBC" -> 24;
            case "AES-256-CBC" -> 32;
            default -> throw new TlsFailure(path, name, "Weir does not know this encryption of a key: " + algorithm,
                    "encrypt it again with openssl pkey -aes256");
        };
        byte[] iv;
        try {
            iv = HexFormat.of().parseHex(how.substring(comma + 1).strip());
        } catch (IllegalArgumentException e) {
            throw new TlsFailure(path, name, "the header DEK-Info is damaged: what stands behind its comma are no"
                    + " hexadecimal digits", "write the key again with openssl pkey -aes256");
        }
        byte[] salt = Arrays.copyOf(iv, SALT_BYTES);
        boolean aes = algorithm.startsWith("AES");
        var secret = new SecretKeySpec(oldKey(password().getBytes(StandardCharsets.UTF_8), salt, keyBytes),
                aes ? "AES" : "DESede");
        var cipher = Cipher.getInstance(aes ? "AES/CBC/PKCS5Padding" : "DESede/CBC/PKCS5Padding");
        cipher.init(Cipher.DECRYPT_MODE, secret, new IvParameterSpec(iv));
        return cipher.doFinal(block.der());
    }

    /** OpenSSL's EVP_BytesToKey with MD5 and one round, which these headers stand for. */
    private static byte[] oldKey(byte[] password, byte[] salt, int keyBytes) throws GeneralSecurityException {
        var out = new ByteArrayOutputStream();
        byte[] last = {};
        while (out.size() < keyBytes) {
            var digest = MessageDigest.getInstance("MD5");
            digest.update(last);
            digest.update(password);
            last = digest.digest(salt);
            out.writeBytes(last);
        }
        return Arrays.copyOf(out.toByteArray(), keyBytes);
    }

    /**
     * PKCS#8 around a key of PKCS#1 or SEC1. Which algorithm and curve that is stands in the certificate, whose key it
     * must fit: the first part of its SubjectPublicKeyInfo (RFC 5280 section 4.1) is the same identifier.
     */
    private byte[] wrapped(byte[] der) {
        byte[] info = certified.getEncoded();
        int identifier = header(info, 0);
        byte[] algorithm = Arrays.copyOfRange(info, identifier,
                header(info, identifier) + length(info, identifier));
        var inside = new ByteArrayOutputStream();
        inside.writeBytes(VERSION_0);
        inside.writeBytes(algorithm);
        inside.writeBytes(element(OCTETS, der));
        return element(SEQUENCE, inside.toByteArray());
    }

    /** Where the content of the element at this place begins (X.690 section 8.1). */
    private static int header(byte[] der, int at) {
        int first = Byte.toUnsignedInt(der[at + 1]);
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int length(byte[] der, int at) {
        int first = Byte.toUnsignedInt(der[at + 1]);
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = length << Byte.SIZE | Byte.toUnsignedInt(der[at + 2 + i]);
        }
        return length;
    }

    private static byte[] element(int tag, byte[] content) {
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(content.length) + Byte.SIZE - 1) / Byte.SIZE;
            out.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                out.write(content.length >>> (i * Byte.SIZE));
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    /** What one signs the other must recognise. */
    private void fits(PrivateKey key) throws TlsFailure {
        String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
        byte[] text = {1, 2, 3};
        try {
            var signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(text);
            byte[] signed = signing.sign();
            var checking = Signature.getInstance(algorithm);
            checking.initVerify(certified);
            checking.update(text);
            if (checking.verify(signed)) {
                return;
            }
        } catch (GeneralSecurityException e) {
            throw unfit(String.valueOf(e.getMessage()));
        }
        throw unfit("what it signs the certificate's key does not verify");
    }

    private TlsFailure unfit(String why) {
        return new TlsFailure(path, name, "the key does not fit the certificate: " + why,
                "name the key that the certificate was made for; with several certificates, check their order");
    }
}
