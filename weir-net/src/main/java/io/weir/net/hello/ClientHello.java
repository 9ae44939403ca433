package io.weir.net.hello;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a client says first (RFC 8446 section 4.1.2), as far as anybody asks. Numbers are those of IANA's registries, in
 * the client's order, with those that mean nothing (RFC 8701). Immutable; any thread.
 */
public final class ClientHello {
    private static final int RANDOM_BYTES = 32;
    private static final int SERVER_NAME = 0;
    private static final int STATUS_REQUEST = 5;
    private static final int GROUPS = 10;
    private static final int POINT_FORMATS = 11;
    private static final int SIGNATURES = 13;
    private static final int ALPN = 16;
    private static final int VERSIONS = 43;
    private static final int HOST_NAME = 0;
    private static final int OCSP = 1;
    private static final int TLS_1_3 = 0x0304;
    private static final int[] NONE = {};

    private final int version;
    private final int[] ciphers;
    private int[] extensions = NONE;
    private int[] groups = NONE;
    private int[] pointFormats = NONE;
    private int[] signatures = NONE;
    private int[] versions = NONE;
    private String serverName = "";
    private boolean asksForStatus;
    private final List<String> protocols = new ArrayList<>();

    private ClientHello(int version, int[] ciphers) {
        this.version = version;
        this.ciphers = ciphers;
    }

    /**
     * Reads the message.
     *
     * @param bytes
     *            what follows the header of the handshake message
     * @return null when it is broken
     */
    public static @Nullable ClientHello read(byte[] bytes) {
        var all = new Part(bytes, 0, bytes.length);
        int version = all.number(Short.BYTES);
        all.skip(RANDOM_BYTES);
        all.part(1); // legacy_session_id
        int[] ciphers = all.part(2).numbers(Short.BYTES);
        all.part(1); // legacy_compression_methods
        var hello = new ClientHello(version, ciphers);
        if (all.more()) {
            hello.extensions(all.part(2));
        }
        return all.broken() ? null : hello;
    }

    private void extensions(Part all) {
        int[] types = new int[16];
        int count = 0;
        while (all.more()) {
            int type = all.number(Short.BYTES);
            Part body = all.part(2);
            types = count < types.length ? types : Arrays.copyOf(types, 2 * count);
            types[count++] = type;
            switch (type) {
                case SERVER_NAME -> name(body);
                case ALPN -> offered(body);
                // what is wrong within these is for who speaks TLS to tell
                case STATUS_REQUEST -> asksForStatus = body.alone().number(1) == OCSP;
                case GROUPS -> groups = body.alone().part(2).numbers(Short.BYTES);
                case POINT_FORMATS -> pointFormats = body.alone().part(1).numbers(1);
                case SIGNATURES -> signatures = body.alone().part(2).numbers(Short.BYTES);
                case VERSIONS -> versions = body.alone().part(1).numbers(Short.BYTES);
                default -> {
                    // says nothing that anybody asks for
                }
            }
        }
        extensions = Arrays.copyOf(types, count);
    }

    /** RFC 6066 section 3. */
    private void name(Part body) {
        if (!body.more()) {
            return;
        }
        Part list = body.part(2);
        while (list.more()) {
            int type = list.number(1);
            Part host = list.part(2);
            if (type == HOST_NAME && serverName.isEmpty()) {
                serverName = host.text().toLowerCase(Locale.ROOT);
            }
        }
    }

    /** RFC 7301 section 3.1. */
    private void offered(Part body) {
        Part list = body.part(2);
        while (list.more()) {
            protocols.add(list.part(1).text());
        }
    }

    /** The name asked for, in lower case; empty: none. */
    public String serverName() {
        return serverName;
    }

    /** The protocols offered for what is inside, in the client's order. */
    public List<String> protocols() {
        return protocols;
    }

    /** Whether the client wants to be told what the certificate's issuer says of it (RFC 6066 section 8). */
    public boolean asksForStatus() {
        return asksForStatus;
    }

    /** Whether it can check signatures by elliptic curves (RFC 8446 section 4.2.3, RFC 8422 section 5.1). */
    public boolean ecdsa() {
        boolean signature = false;
        for (int scheme : signatures) {
            signature |= scheme == 0x0403 || scheme == 0x0503 || scheme == 0x0603;
        }
        boolean means = false;
        for (int each : versions) {
            means |= each == TLS_1_3;
        }
        for (int suite : ciphers) {
            means |= signedByEcdsa(suite);
        }
        return signature && means;
    }

    /** Suites of TLS 1.2 and older whose signature is ECDSA's (RFC 8422, 5289, 7905). */
    private static boolean signedByEcdsa(int suite) {
        return suite >= 0xc006 && suite <= 0xc00a || suite == 0xc023 || suite == 0xc024 || suite == 0xc02b
                || suite == 0xc02c || suite == 0xcca9;
    }

    /** The version that stands at the message's beginning, the newest before TLS 1.3. */
    int version() {
        return version;
    }

    int[] ciphers() {
        return ciphers.clone();
    }

    /** Types, in the client's order. */
    int[] extensions() {
        return extensions.clone();
    }

    int[] groups() {
        return groups.clone();
    }

    int[] pointFormats() {
        return pointFormats.clone();
    }

    int[] signatures() {
        return signatures.clone();
    }

    /** Those of the extension (RFC 8446 section 4.2.1); none: there is no such extension. */
    int[] versions() {
        return versions.clone();
    }

    /**
     * A part of the message that says its length before it. What it lacks makes it and all around it broken, and empty
     * from there on.
     */
    private static final class Part {
        private final byte[] bytes;
        private final int end;
        private final @Nullable Part around;
        private int at;
        private boolean broken;

        Part(byte[] bytes, int at, int end) {
            this(bytes, at, end, null);
        }

        private Part(byte[] bytes, int at, int end, @Nullable Part around) {
            this.bytes = bytes;
            this.at = at;
            this.end = end;
            this.around = around;
        }

        /** The same, whose being broken breaks nothing else. */
        Part alone() {
            return new Part(bytes, at, end);
        }

        boolean more() {
            return at < end;
        }

        boolean broken() {
            return broken;
        }

        int number(int size) {
            int number = 0;
            if (skip(size)) {
                for (int i = at - size; i < at; i++) {
                    number = number << Byte.SIZE | bytes[i] & 0xff;
                }
            }
            return number;
        }

        /** All that is left as numbers of so many bytes each. */
        int[] numbers(int size) {
            int[] numbers = new int[(end - at) / size];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = number(size);
            }
            if (more()) {
                skip(size);
            }
            return numbers;
        }

        boolean skip(int size) {
            if (end - at < size) {
                at = end;
                for (Part each = this; each != null; each = each.around) {
                    each.broken = true;
                }
                return false;
            }
            at += size;
            return true;
        }

        /** A part within, whose length stands before it in so many bytes. */
        Part part(int lengthBytes) {
            int length = number(lengthBytes);
            int from = at;
            return skip(length) ? new Part(bytes, from, at, this) : new Part(bytes, end, end, this);
        }

        String text() {
            return new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
        }
    }
}
