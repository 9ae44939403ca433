package io.weir.http.hpack;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The 61 entries of RFC 7541 appendix A, each as a line. Immutable; any thread. */
final class StaticTable {
    /** How many entries there are; their indices begin with 1. */
    static final int SIZE = 61;

    private static final String LINES = """
            :authority:\s
            :method: GET
            :method: POST
            :path: /
            :path: /index.html
            :scheme: http
            :scheme: https
            :status: 200
            :status: 204
            :status: 206
            :status: 304
            :status: 400
            :status: 404
            :status: 500
            accept-charset:\s
            accept-encoding: gzip, deflate
            accept-language:\s
            accept-ranges:\s
            accept:\s
            access-control-allow-origin:\s
            age:\s
            allow:\s
            authorization:\s
            cache-control:\s
            content-disposition:\s
            content-encoding:\s
            content-language:\s
            content-length:\s
            content-location:\s
            content-range:\s
            content-type:\s
            cookie:\s
            date:\s
            etag:\s
            expect:\s
            expires:\s
            from:\s
            host:\s
            if-match:\s
            if-modified-since:\s
            if-none-match:\s
            if-range:\s
            if-unmodified-since:\s
            last-modified:\s
            link:\s
            location:\s
            max-forwards:\s
            proxy-authenticate:\s
            proxy-authorization:\s
            range:\s
            referer:\s
            refresh:\s
            retry-after:\s
            server:\s
            set-cookie:\s
            strict-transport-security:\s
            transfer-encoding:\s
            user-agent:\s
            vary:\s
            via:\s
            www-authenticate:\s
            """;

    /** All lines, one behind the other, with CRLF; not to be written to. */
    static final byte[] BYTES = LINES.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
    /** By index: where the line begins. */
    static final int[] START = new int[SIZE + 1];
    /** By index: the name's length. */
    static final int[] NAME = new int[SIZE + 1];
    /** By index: the value's length. */
    static final int[] VALUE = new int[SIZE + 1];

    private static final int SLOTS = 128;
    /** The first index of each name, where its hash leads or in a slot behind; 0 ends the search. */
    private static final byte[] BY_NAME = new byte[SLOTS];
    /** The same for whole entries, by the hash of {@code name: value}. */
    private static final byte[] BY_FIELD = new byte[SLOTS];
    private static final int[] FIELD_HASH = new int[SIZE + 1];

    static {
        int at = 0;
        int index = 1;
        for (String line : LINES.split("\n", -1)) {
            int colon = line.indexOf(": ");
            if (colon < 0) {
                continue; // behind the last line
            }
            START[index] = at;
            NAME[index] = colon;
            VALUE[index] = line.length() - colon - 2;
            if (nameIndex(BYTES, at, colon, Hashes.of(BYTES, at, colon)) == 0) {
                int slot = Hashes.of(BYTES, at, colon) & (SLOTS - 1);
                while (BY_NAME[slot] != 0) {
                    slot = (slot + 1) & (SLOTS - 1);
                }
                BY_NAME[slot] = (byte) index;
            }
            FIELD_HASH[index] = Hashes.of(BYTES, at, line.length());
            int slot = FIELD_HASH[index] & (SLOTS - 1);
            while (BY_FIELD[slot] != 0) {
                slot = (slot + 1) & (SLOTS - 1);
            }
            BY_FIELD[slot] = (byte) index;
            at += line.length() + 2;
            index++;
        }
    }

    private StaticTable() {}

    /** The first index of this name, or 0. */
    static int nameIndex(byte[] bytes, int name, int nameLength, int nameHash) {
        for (int slot = nameHash & (SLOTS - 1);; slot = (slot + 1) & (SLOTS - 1)) {
            int index = BY_NAME[slot];
            if (index == 0 || (NAME[index] == nameLength && Arrays.equals(BYTES, START[index],
                    START[index] + nameLength, bytes, name, name + nameLength))) {
                return index;
            }
        }
    }

    /** Whether the value of an entry is {@code bytes[value, value + length)}. */
    static boolean is(int index, byte[] bytes, int value, int length) {
        int at = START[index] + NAME[index] + 2;
        return VALUE[index] == length && Hashes.equal(BYTES, at, bytes, value, length);
    }

    /** Whether the name of an entry is {@code bytes[name, name + length)}. */
    static boolean named(int index, byte[] bytes, int name, int length) {
        return NAME[index] == length && Hashes.equal(BYTES, START[index], bytes, name, length);
    }

    /** The index of the entry {@code name: value}, or 0. */
    static int index(byte[] line, int start, int length, int fieldHash) {
        for (int slot = fieldHash & (SLOTS - 1);; slot = (slot + 1) & (SLOTS - 1)) {
            int index = BY_FIELD[slot];
            if (index == 0) {
                return 0;
            }
            if (FIELD_HASH[index] == fieldHash && NAME[index] + 2 + VALUE[index] == length && Arrays.equals(BYTES,
                    START[index], START[index] + length, line, start, start + length)) {
                return index;
            }
        }
    }
}
