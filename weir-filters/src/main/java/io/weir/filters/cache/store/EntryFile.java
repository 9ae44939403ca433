package io.weir.filters.cache.store;

import io.weir.filters.cache.rules.Content;
import io.weir.filters.cache.rules.Entry;
import io.weir.filters.cache.rules.StoredResponse;
import io.weir.filters.cache.rules.StoredResponse.Line;
import io.weir.http.codec.HeaderName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * An entry as a file holds it: a mark, the head's length, the head with the key, the entry and a checksum of each piece
 * of the body, a checksum of all that, and the body. So a piece can be told from a broken one before it is sent, and
 * half a file is none. Stateless.
 */
final class EntryFile {
    /** "WEC2". */
    private static final int MARK = 0x57454332;
    private static final int RESPONSE = 1;
    private static final int VARIANTS = 2;
    /** The mark and the head's length. */
    private static final int FRONT_BYTES = 8;
    private static final int CHECKSUM_BYTES = 8;
    /** A head holds a key, field lines, and four bytes for each piece of a body. */
    private static final int HEAD_BYTES_MAX = 1024 * 1024;
    /** Shorter bodies are read with their heads. */
    private static final int AT_ONCE_BYTES_MAX = Content.PIECE_BYTES;

    private EntryFile() {}

    /** All but the body. */
    static ByteBuffer head(String key, Entry entry) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(MARK);
            out.writeInt(0); // the length, once it is known
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
            out.writeLong(0);
        }
        var head = ByteBuffer.wrap(bytes.toByteArray());
        int end = head.limit() - CHECKSUM_BYTES;
        head.putInt(Integer.BYTES, end - FRONT_BYTES);
        head.putLong(end, checksum(head.array(), end));
        return head;
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
        var content = response.content();
        out.writeInt(content.length());
        for (int piece = 0; piece < pieces(content.length()); piece++) {
            byte[] bytes = content.piece(piece);
            out.writeInt((int) checksum(bytes, bytes.length));
        }
    }

    private static int pieces(int length) {
        return (length + Content.PIECE_BYTES - 1) / Content.PIECE_BYTES;
    }

    /**
     * The entry; null where the file is none, or one of another key.
     *
     * @param file
     *            which belongs to the entry's content, if that is a {@link FiledContent}
     */
    static @Nullable Entry read(String key, FileChannel file) throws IOException {
        var front = ByteBuffer.wrap(bytes(file, 0, FRONT_BYTES));
        int mark = front.getInt();
        int headBytes = front.getInt();
        if (mark != MARK || headBytes < 0 || headBytes > HEAD_BYTES_MAX) {
            return null;
        }
        int end = FRONT_BYTES + headBytes;
        byte[] head = bytes(file, 0, end + CHECKSUM_BYTES);
        if (ByteBuffer.wrap(head, end, CHECKSUM_BYTES).getLong() != checksum(head, end)) {
            return null;
        }
        try (var in = new DataInputStream(new ByteArrayInputStream(head, FRONT_BYTES, headBytes))) {
            if (!in.readUTF().equals(key)) {
                return null;
            }
            return switch (in.readByte()) {
                case RESPONSE -> response(in, file, head.length);
                case VARIANTS -> {
                    long generation = in.readLong();
                    var names = new ArrayList<HeaderName>();
                    for (int left = in.readInt(); left > 0; left--) {
                        names.add(HeaderName.of(in.readUTF()));
                    }
                    yield file.size() == head.length ? new Entry.Variants(names, generation) : null;
                }
                default -> null;
            };
        }
    }

    private static @Nullable Entry response(DataInputStream in, FileChannel file, int bodyAt) throws IOException {
        int status = in.readInt();
        long requestMillis = in.readLong();
        long responseMillis = in.readLong();
        long ageSeconds = in.readLong();
        var lines = new ArrayList<Line>();
        for (int left = in.readInt(); left > 0; left--) {
            lines.add(new Line(HeaderName.of(in.readUTF()), in.readUTF()));
        }
        int length = in.readInt();
        int[] sums = new int[pieces(length)];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = in.readInt();
        }
        if (file.size() != (long) bodyAt + length) {
            return null;
        }
        Content content = new FiledContent(file, bodyAt, length, sums);
        if (length <= AT_ONCE_BYTES_MAX) {
            content = new Content.Bytes(length == 0 ? new byte[0] : content.piece(0));
        }
        return new StoredResponse(status, lines, content, requestMillis, responseMillis, ageSeconds);
    }

    /** So many bytes of a file. */
    static byte[] bytes(FileChannel file, long from, int length) throws IOException {
        var bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, from + bytes.position()) < 0) {
                throw new IOException("the file is shorter than it should be");
            }
        }
        return bytes.array();
    }

    static long checksum(byte[] bytes, int length) {
        var sum = new CRC32();
        sum.update(bytes, 0, length);
        return sum.getValue();
    }
}
