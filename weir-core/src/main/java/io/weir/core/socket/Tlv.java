package io.weir.core.socket;

import java.nio.charset.StandardCharsets;

/**
 * A value that the PROXY protocol tells beside the addresses ("The PROXY protocol", haproxy's doc/proxy-protocol.txt,
 * section 2.2). Immutable.
 *
 * @param type
 *            one byte, such as 0xEA for the endpoint of a private link
 * @param latin1
 *            its bytes, each a character
 */
public record Tlv(int type, String latin1) {
    /** The sum over the whole head that it came in; of no other head is it true. */
    public static final int CRC32C = 0x03;
    /** What fills a head up. */
    public static final int NOOP = 0x04;
    /** What stands before its bytes. */
    private static final int HEAD_BYTES = 3;

    public Tlv {
        if (type < 0 || type > 255 || latin1.length() > 65_535) {
            throw new IllegalArgumentException("type " + type + ", " + latin1.length() + " bytes");
        }
    }

    /** One of these bytes. */
    public static Tlv of(int type, byte[] bytes) {
        return new Tlv(type, new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** Its bytes, anew each time. */
    public byte[] bytes() {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Its bytes as UTF-8. */
    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** What it takes of a head. */
    public int sizeBytes() {
        return HEAD_BYTES + latin1.length();
    }
}
