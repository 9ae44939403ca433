package io.weir.net.acme;

import io.weir.core.tls.AcmeSpec;
import io.weir.core.value.JsonText;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key that an account is known by: signs what is asked of the authority (RFC 7515, ES256 of RFC 7518). */
record AccountKey(KeyPair keys) {
    private static final int COORDINATE_BYTES = 32;
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    static AccountKey make() {
        return new AccountKey(Keys.make(AcmeSpec.KeyKind.ECDSA_P256));
    }

    /** The public half as a JWK (RFC 7518 section 6.2.1). */
    Map<String, Object> jwk() {
        var point = ((ECPublicKey) keys.getPublic()).getW();
        var jwk = new LinkedHashMap<String, Object>();
        jwk.put("crv", "P-256");
        jwk.put("kty", "EC");
        jwk.put("x", base64(fixed(point.getAffineX())));
        jwk.put("y", base64(fixed(point.getAffineY())));
        return jwk;
    }

    /** What the holder of the account says to a challenge (RFC 8555 section 8.1). */
    String authorization(String token) {
        return token + "." + thumbprint(jwk());
    }

    /** A key's digest: of its required members, in the order of their names, without spaces (RFC 7638 section 3). */
    static String thumbprint(Map<String, Object> requiredMembers) {
        return base64(sha256(json(new TreeMap<>(requiredMembers))));
    }

    /**
     * A signed request (RFC 8555 section 6.2).
     *
     * @param header
     *            what is protected beside the algorithm
     * @param payload
     *            as text; empty: nothing is said, only asked
     */
    String signed(Map<String, Object> header, String payload) {
        var whole = new LinkedHashMap<String, Object>();
        whole.put("alg", "ES256");
        whole.putAll(header);
        return flattened(whole, payload, this::signature);
    }

    /**
     * That the account's holder also has an account elsewhere, by a key that was handed out there (section 7.3.4).
     *
     * @param binding
     *            that account's name
     * @param macKey
     *            its key
     * @param url
     *            what is asked
     */
    String bound(String binding, byte[] macKey, String url) {
        var header = new LinkedHashMap<String, Object>();
        header.put("alg", "HS256");
        header.put("kid", binding);
        header.put("url", url);
        return flattened(header, json(jwk()), bytes -> {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(macKey, "HmacSHA256"));
            return mac.doFinal(bytes);
        });
    }

    @FunctionalInterface
    private interface Signer {
        byte[] sign(byte[] input) throws GeneralSecurityException;
    }

    /** RFC 7515 section 7.2.2. */
    private static String flattened(Map<String, Object> header, String payload, Signer signer) {
        String head = base64(json(header).getBytes(StandardCharsets.UTF_8));
        String body = base64(payload.getBytes(StandardCharsets.UTF_8));
        var all = new LinkedHashMap<String, Object>();
        all.put("protected", head);
        all.put("payload", body);
        try {
            all.put("signature", base64(signer.sign((head + "." + body).getBytes(StandardCharsets.US_ASCII))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK signs so
        }
        return json(all);
    }

    private byte[] signature(byte[] input) throws GeneralSecurityException {
        var signature = Signature.getInstance("SHA256withECDSAinP1363Format"); // both numbers side by side
        signature.initSign(keys.getPrivate());
        signature.update(input);
        return signature.sign();
    }

    static String json(Map<String, Object> map) {
        var out = new StringBuilder();
        JsonText.append(map, out);
        return out.toString();
    }

    static String base64(byte[] bytes) {
        return BASE64.encodeToString(bytes);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] fixed(BigInteger number) {
        byte[] bytes = number.toByteArray();
        var out = new byte[COORDINATE_BYTES];
        int length = Math.min(bytes.length, COORDINATE_BYTES);
        System.arraycopy(bytes, bytes.length - length, out, COORDINATE_BYTES - length, length);
        return out;
    }

    /** Says nothing of the key. */
    @Override
    public String toString() {
        return "AccountKey[" + thumbprint(jwk()) + "]";
    }
}
