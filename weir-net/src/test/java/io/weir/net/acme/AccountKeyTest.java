package io.weir.net.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

final class AccountKeyTest {
    /** The key of RFC 7515 appendix A.3. */
    private static final String X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    private static final String Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    private static final String D = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";

    private static BigInteger number(String text) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(text));
    }

    private static AccountKey example() throws Exception {
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        var curve = parameters.getParameterSpec(ECParameterSpec.class);
        var keys = KeyFactory.getInstance("EC");
        return new AccountKey(new KeyPair(
                keys.generatePublic(new ECPublicKeySpec(new ECPoint(number(X), number(Y)), curve)),
                keys.generatePrivate(new ECPrivateKeySpec(number(D), curve))));
    }

    @Test
    void aKeyIsWrittenAsTheStandardsExampleIs() throws Exception {
        assertThat(example().jwk()).containsExactly(Map.entry("crv", "P-256"), Map.entry("kty", "EC"),
                Map.entry("x", X), Map.entry("y", Y));
    }

    /** RFC 7638 section 3.1. */
    @Test
    void theThumbprintIsThatOfTheStandardsExample() {
        var key = new LinkedHashMap<String, Object>();
        key.put("n", "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKR"
                + "XjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSq"
                + "zs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ"
                + "-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw");
        key.put("kty", "RSA");
        key.put("e", "AQAB");
        assertThat(AccountKey.thumbprint(key)).isEqualTo("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    @Test
    void aKeyAuthorizationIsTheTokenAndTheThumbprint() throws Exception {
        AccountKey key = example();
        assertThat(key.authorization("a_token")).isEqualTo("a_token." + AccountKey.thumbprint(key.jwk()));
    }

    @Test
    void whatIsSignedIsVerifiedByThePublicKeyOverHeaderAndPayload() throws Exception {
        AccountKey key = example();
        Map<String, Object> header = Map.of("url", "https://a.example/x");
        Members jws = Members.of("it", key.signed(header, "{\"a\":1}"));
        assertThat(decoded(jws.text("protected"))).isEqualTo("{\"alg\":\"ES256\",\"url\":\"https://a.example/x\"}");
        assertThat(decoded(jws.text("payload"))).isEqualTo("{\"a\":1}");
        byte[] signature = Base64.getUrlDecoder().decode(jws.text("signature"));
        assertThat(signature).as("two numbers of 32 bytes").hasSize(64);
        var verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
        verifier.initVerify(key.keys().getPublic());
        verifier.update((jws.text("protected") + "." + jws.text("payload")).getBytes(StandardCharsets.US_ASCII));
        assertThat(verifier.verify(signature)).isTrue();
    }

    @Test
    void whatIsOnlyAskedHasAnEmptyPayload() throws Exception {
        assertThat(Members.of("it", AccountKey.make().signed(Map.of(), "")).text("payload", "absent")).isEmpty();
    }

    @Test
    void aBindingCarriesTheKeyUnderTheOtherAccountsMac() throws Exception {
        AccountKey key = example();
        byte[] macKey = "secret of the other account".getBytes(StandardCharsets.US_ASCII);
        Members jws = Members.of("it", key.bound("kid-1", macKey, "https://a.example/new-account"));
        assertThat(decoded(jws.text("protected")))
                .isEqualTo("{\"alg\":\"HS256\",\"kid\":\"kid-1\",\"url\":\"https://a.example/new-account\"}");
        assertThat(decoded(jws.text("payload"))).isEqualTo(AccountKey.json(key.jwk()));
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(macKey, "HmacSHA256"));
        byte[] expected = mac.doFinal(
                (jws.text("protected") + "." + jws.text("payload")).getBytes(StandardCharsets.US_ASCII));
        assertThat(Base64.getUrlDecoder().decode(jws.text("signature"))).isEqualTo(expected);
    }

    private static String decoded(String text) {
        return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    }
}
