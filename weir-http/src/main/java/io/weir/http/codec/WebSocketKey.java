package io.weir.http.codec;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * The key with which a client of HTTP/1.1 asks for a WebSocket, and the answer that shows that a server knows what it
 * agrees to (RFC 6455 sections 4.1 and 4.2.2). HTTP/2 has neither (RFC 8441 section 5), so that Weir makes the one or
 * the other where it stands between the two. Stateless.
 */
public final class WebSocketKey {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int NONCE_BYTES = 16;

    private WebSocketKey() {}

    /** A key that nobody has used: it is no secret, and serves only to tell an answer from a stored one. */
    public static String fresh(RandomGenerator random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        return Base64.getEncoder().encodeToString(nonce);
    }

    /** What Sec-WebSocket-Accept says to this key. */
    public static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java platform has it
        }
    }
}
