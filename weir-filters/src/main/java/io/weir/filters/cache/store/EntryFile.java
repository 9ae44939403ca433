package io.weir.filters.cache.store;

import io.weir.filters.cache.rules.Entry;
import io.weir.filters.cache.rules.StoredResponse;
import io.weir.filters.cache.rules.StoredResponse.Line;
import io.weir.http.codec.HeaderName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * An entry as a file holds it: a mark, the key, the entry, and a checksum of all that at the end, so that half a file
 * is none. Stateless.
 */
final class EntryFile {
    /** "WEC1". */
    private static final int MARK = 0x57454331;
    private static final int RESPONSE = 1;
    private static final int VARIANTS = 2;
    private static final int CHECKSUM_BYTES = 8;

    private EntryFile() {}

    static byte[] write(String key, Entry entry) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(MARK);
            out.writeUTF(key);
            switch (entry) {
                case StoredResponse response -> write(response, out);
                case Entry.Variants(var names, long generation) -> {
                    out.writeByte(VARIANTS);
                    out.writeLong(generation);
                    out.writeInt(names.size());
                    for (var name : names) {
                        out.writeUTF(name.toString());
                    }
                }
            }
            byte[] soFar = bytes.toByteArray();
            out.writeLong(checksum(soFar, soFar.length));
        }
        return bytes.toByteArray();
    }

    private static void write(StoredResponse response, DataOutputStream out) throws IOException {
        out.writeByte(RESPONSE);
        out.writeInt(response.status());
        out.writeLong(response.requestMillis());
        out.writeLong(response.responseMillis());
        out.writeLong(response.ageAtResponseSeconds());
        out.writeInt(response.lines().size());
        for (var line : response.lines()) {
            out.writeUTF(line.name().toString());
            out.writeUTF(line.value());
        }
        out.writeInt(response.body().length);
        out.write(response.body());
    }

    /**
     * The entry; null where the bytes are none, or one of another key.
     *
     * @param bytes
     *            all of a file
     */
    static @Nullable Entry read(String key, byte[] bytes) throws IOException {
        int length = bytes.length - CHECKSUM_BYTES;
        if (length < CHECKSUM_BYTES) {
            return null;
        }
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length));
                var end = new DataInputStream(new ByteArrayInputStream(bytes, length, CHECKSUM_BYTES))) {
            if (end.readLong() != checksum(bytes, length) || in.readInt() != MARK || !in.readUTF().equals(key)) {
                return null;
            }
            return switch (in.readByte()) {
                case RESPONSE -> response(in);
                case VARIANTS -> {
                    long generation = in.readLong();
                    var names = new ArrayList<HeaderName>();
                    for (int left = in.readInt(); left > 0; left--) {
                        names.add(HeaderName.of(in.readUTF()));
                    }
                    yield new Entry.Variants(names, generation);
                }
                default -> null;
            };
        }
    }

    private static StoredResponse response(DataInputStream in) throws IOException {
        int status = in.readInt();
        long requestMillis = in.readLong();
        long responseMillis = in.readLong();
        long ageSeconds = in.readLong();
        var lines = new ArrayList<Line>();
        for (int left = in.readInt(); left > 0; left--) {
            lines.add(new Line(HeaderName.of(in.readUTF()), in.readUTF()));
        }
        byte[] body = new byte[in.readInt()];
        in.readFully(body);
        return new StoredResponse(status, lines, body, requestMillis, responseMillis, ageSeconds);
    }

    private static long checksum(byte[] bytes, int length) {
        var sum = new CRC32();
        sum.update(bytes, 0, length);
        return sum.getValue();
    }
}
