package io.weir.bench.flood;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Frames of HTTP/2 as bytes, whether they may be sent or not. Stateless. */
final class Wire {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final byte[] NOTHING = {};

    private static final int LENGTH_SHORT_MAX = 127;

    private Wire() {}

    static byte[] frame(int type, int flags, int id, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length).putInt(payload.length << 8 | type).put((byte) flags).putInt(id)
                .put(payload).array();
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /** What a client begins with: the preface, SETTINGS with these names and values, the answer to the server's. */
    static byte[] hello(int... settings) {
        var entries = ByteBuffer.allocate(settings.length * 3);
        for (int i = 0; i < settings.length; i += 2) {
            entries.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        return join("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                frame(SETTINGS, 0, 0, entries.array()), frame(SETTINGS, 1, 0, NOTHING));
    }

    /** A header block of literals that enter no table. */
    static byte[] block(String... namesAndValues) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            out.write(0);
            string(out, namesAndValues[i]);
            string(out, namesAndValues[i + 1]);
        }
        return out.toByteArray();
    }

    static byte[] request(String method, String path) {
        return block(":method", method, ":scheme", "http", ":path", path, ":authority", "flood.example");
    }

    private static void string(ByteArrayOutputStream out, String text) {
        int rest = text.length() - LENGTH_SHORT_MAX;
        out.write(Math.min(text.length(), LENGTH_SHORT_MAX));
        if (rest >= 0) {
            for (; rest >= 128; rest /= 128) {
                out.write(rest % 128 + 128);
            }
            out.write(rest);
        }
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] repeat(byte[] part, int times) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
