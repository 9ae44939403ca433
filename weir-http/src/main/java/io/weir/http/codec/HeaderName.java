package io.weir.http.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A header field name in lower case (RFC 9110 section 5.1: names compare without case). Names that the proxy itself
 * asks for are <em>known</em>: they carry a small number, so that finding one in a head compares numbers, not bytes.
 * Immutable; any thread.
 */
public final class HeaderName {
    private static final int SLOTS = 512;
    /** The bit that tells small letters from capital ones, in each of eight bytes. */
    private static final long SMALL = 0x2020202020202020L;
    private static final HeaderName[] TABLE = new HeaderName[SLOTS];
    private static final Map<String, HeaderName> KNOWN = new HashMap<>();
    /** Sets of names, by number: what no hop may take out, and what heads remember the presence of. */
    private static final int IDS_MAX = 63;
    private static final boolean[] END_TO_END = new boolean[IDS_MAX + 1];
    private static int lastId;

    public static final HeaderName HOST = known("host");
    public static final HeaderName CONTENT_LENGTH = known("content-length");
    public static final HeaderName TRANSFER_ENCODING = known("transfer-encoding");
    public static final HeaderName CONNECTION = hopByHop("connection");
    public static final HeaderName KEEP_ALIVE = hopByHop("keep-alive");
    public static final HeaderName PROXY_CONNECTION = hopByHop("proxy-connection");
    public static final HeaderName TE = hopByHop("te");
    public static final HeaderName TRAILER = hopByHop("trailer");
    public static final HeaderName UPGRADE = hopByHop("upgrade");
    public static final HeaderName HTTP2_SETTINGS = hopByHop("http2-settings");
    public static final HeaderName PROXY_AUTHENTICATE = hopByHop("proxy-authenticate");
    public static final HeaderName PROXY_AUTHORIZATION = hopByHop("proxy-authorization");
    public static final HeaderName EXPECT = known("expect");
    public static final HeaderName DATE = known("date");
    public static final HeaderName SERVER = known("server");
    public static final HeaderName VIA = known("via");
    public static final HeaderName LOCATION = known("location");
    public static final HeaderName COOKIE = known("cookie");
    public static final HeaderName USER_AGENT = known("user-agent");
    public static final HeaderName REFERER = known("referer");
    public static final HeaderName CONTENT_TYPE = known("content-type");
    public static final HeaderName CONTENT_ENCODING = known("content-encoding");
    public static final HeaderName CONTENT_RANGE = known("content-range");
    public static final HeaderName CACHE_CONTROL = known("cache-control");
    public static final HeaderName RANGE = known("range");
    public static final HeaderName AUTHORIZATION = known("authorization");
    public static final HeaderName SEC_WEBSOCKET_KEY = known("sec-websocket-key");
    public static final HeaderName SEC_WEBSOCKET_ACCEPT = known("sec-websocket-accept");
    public static final HeaderName SET_COOKIE = known("set-cookie");
    public static final HeaderName FORWARDED = known("forwarded");
    public static final HeaderName X_REQUEST_ID = known("x-request-id");
    public static final HeaderName X_FORWARDED_FOR = known("x-forwarded-for");
    public static final HeaderName X_FORWARDED_PROTO = known("x-forwarded-proto");
    public static final HeaderName X_FORWARDED_CLIENT_CERT = known("x-forwarded-client-cert");
    public static final HeaderName X_FORWARDED_HOST = known("x-forwarded-host");
    public static final HeaderName X_ENVOY_INTERNAL = known("x-envoy-internal");
    public static final HeaderName X_ENVOY_EXTERNAL_ADDRESS = known("x-envoy-external-address");
    public static final HeaderName X_ENVOY_ORIGINAL_PATH = known("x-envoy-original-path");
    public static final HeaderName X_ENVOY_EXPECTED_RQ_TIMEOUT_MS = known("x-envoy-expected-rq-timeout-ms");
    public static final HeaderName X_ENVOY_UPSTREAM_SERVICE_TIME = known("x-envoy-upstream-service-time");
    public static final HeaderName X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS = known("x-envoy-upstream-rq-timeout-ms");
    public static final HeaderName X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS = known(
            "x-envoy-upstream-rq-per-try-timeout-ms");
    public static final HeaderName X_ENVOY_RETRY_ON = known("x-envoy-retry-on");
    public static final HeaderName X_ENVOY_MAX_RETRIES = known("x-envoy-max-retries");
    public static final HeaderName X_ENVOY_RETRY_GRPC_ON = known("x-envoy-retry-grpc-on");
    public static final HeaderName X_ENVOY_HEDGE_ON_PER_TRY_TIMEOUT = known("x-envoy-hedge-on-per-try-timeout");
    public static final HeaderName X_ENVOY_ATTEMPT_COUNT = known("x-envoy-attempt-count");
    public static final HeaderName X_ENVOY_OVERLOADED = known("x-envoy-overloaded");
    public static final HeaderName X_ENVOY_DROP_OVERLOAD = known("x-envoy-drop-overload");

    private final String text;
    private final byte[] lower;
    /** The same, followed by zeros for searches that read eight bytes at a time. */
    private final byte[] padded;
    private final int id;

    private HeaderName(String text, int id) {
        this.text = text;
        this.lower = text.getBytes(StandardCharsets.ISO_8859_1);
        this.padded = Arrays.copyOf(lower, lower.length + Grammar.SPARE);
        this.id = id;
    }

    private static HeaderName known(String text) {
        var name = hopByHop(text);
        END_TO_END[name.id] = true;
        return name;
    }

    private static HeaderName hopByHop(String text) {
        if (lastId == IDS_MAX) {
            throw new IllegalStateException("no number is left for " + text);
        }
        var name = new HeaderName(text, ++lastId);
        int slot = hash(name.lower, 0, name.lower.length);
        while (TABLE[slot] != null) {
            slot = (slot + 1) & (SLOTS - 1);
        }
        TABLE[slot] = name;
        KNOWN.put(text, name);
        return name;
    }

    /** The name for this text, known where it is one of the constants above. The text's case does not matter. */
    public static HeaderName of(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        var name = KNOWN.get(lower);
        return name != null ? name : new HeaderName(lower, 0);
    }

    /** Whether a number is that of a known name which is for all recipients, not for one hop. */
    static boolean endToEnd(int id) {
        return END_TO_END[id];
    }

    /** Whether a number is that of a known name which is about an HTTP/1 connection (RFC 9113 section 8.2.2). */
    static boolean connectionSpecific(int id) {
        return id == CONNECTION.id || id == KEEP_ALIVE.id || id == PROXY_CONNECTION.id || id == TRANSFER_ENCODING.id
                || id == UPGRADE.id;
    }

    /**
     * The known name's number of the token {@code bytes[from, to)}, in any case; 0 when it is none of them. Reads, as
     * {@link Grammar}'s searches do, a few bytes behind the end.
     */
    static int idOf(byte[] bytes, int from, int to) {
        for (int slot = hash(bytes, from, to);; slot = (slot + 1) & (SLOTS - 1)) {
            var name = TABLE[slot];
            if (name == null) {
                return 0;
            }
            if (name.matchesToken(bytes, from, to)) {
                return name.id;
            }
        }
    }

    /** Length, first, middle and last letter: enough to keep the known names apart, and cheap. */
    private static int hash(byte[] bytes, int from, int to) {
        int length = to - from;
        int first = bytes[from] | 0x20;
        int middle = bytes[from + (length >> 1)] | 0x20;
        int last = bytes[to - 1] | 0x20;
        return (length * 37 + first * 5 + middle * 11 + last * 17) & (SLOTS - 1);
    }

    /**
     * Eight letters at a time. Among the characters of tokens, only letters are changed by the bit that makes them
     * small into something that stands in a known name.
     */
    private boolean matchesToken(byte[] bytes, int from, int to) {
        int size = lower.length;
        if (to - from != size) {
            return false;
        }
        int i = 0;
        for (; i + 8 <= size; i += 8) {
            if ((Grammar.eight(bytes, from + i) | SMALL) != Grammar.eight(padded, i)) {
                return false;
            }
        }
        long rest = (1L << ((size - i) << 3)) - 1;
        return ((Grammar.eight(bytes, from + i) | SMALL) & rest) == Grammar.eight(padded, i);
    }

    /** Whether {@code bytes[from, to)} is this name, in any case. */
    public boolean matches(byte[] bytes, int from, int to) {
        if (to - from != lower.length) {
            return false;
        }
        for (int i = 0; i < lower.length; i++) {
            int b = bytes[from + i];
            if (b != lower[i] && (b < 'A' || b > 'Z' || b + 32 != lower[i])) {
                return false;
            }
        }
        return true;
    }

    /** How many known names there can be: their numbers are below. */
    public static int idsMax() {
        return IDS_MAX + 1;
    }

    /** A small positive number for a known name, 0 for any other; see {@link HttpHead#nameId}. */
    public int id() {
        return id;
    }

    /** The name's bytes in lower case; not to be written to. */
    byte[] lower() {
        return lower;
    }

    /** The name in lower case. */
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HeaderName name && name.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
