package io.weir.http.hpack;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Encodes the header blocks that are sent to one peer (RFC 7541). A field is put into the table when it comes for the
 * second time within short: so fields that are never the same, such as most request ids, push nothing out, and nobody
 * has to know their names. Only what goes into the table is Huffman coded: that is paid once, and each other literal
 * costs the processors of both ends more than the few bytes are worth.
 *
 * <p>
 * Use: {@link #begin}, then the fields, then {@link #end}. Belongs to one worker.
 */
public final class HpackEncoder {
    /** The table that is used where the peer offers more: as large as everyone's default. */
    private static final int TABLE_MAX = DynamicTable.DEFAULT_MAX;
    private static final int SEEN_SLOTS = 64;
    private static final int ROOM_FIRST = 512;
    private static final int ROOM_KEPT_MAX = 16 * 1024;
    /** Two integers, of at most five octets each. */
    private static final int INTEGERS_ROOM = 16;

    private static final int LITERAL_REMEMBERED = 0x40;
    private static final int LITERAL = 0x00;
    private static final int LITERAL_NEVER_INDEXED = 0x10;

    private final DynamicTable table = new DynamicTable(true);
    /** Hashes of fields that were written as literals not long ago. */
    private final int[] seen = new int[SEEN_SLOTS];
    private byte[] block = new byte[ROOM_FIRST];
    private int length;
    /** A field whose parts stand apart, put together. */
    private byte[] assembled = new byte[ROOM_FIRST];
    /** The smallest size since the last block, and the last one; what the peer has not been told yet. */
    private int smallestMax = TABLE_MAX;
    private int lastMax = TABLE_MAX;

    /** Sets the peer's SETTINGS_HEADER_TABLE_SIZE, in bytes; the next block says what was made of it. */
    public void tableMax(int bytes) {
        lastMax = Math.min(bytes, TABLE_MAX);
        smallestMax = Math.min(smallestMax, lastMax);
    }

    /** Begins a block, with what has to be said of the table's size (section 4.2). */
    public void begin() {
        length = 0;
        if (smallestMax < table.max()) {
            resize(smallestMax);
        }
        if (lastMax != table.max()) {
            resize(lastMax);
        }
        smallestMax = lastMax;
    }

    private void resize(int bytesMax) {
        room(INTEGERS_ROOM);
        integer(0x20, 5, bytesMax);
        table.max(bytesMax);
    }

    /** Ends the block and appends it to {@code out}. */
    public void end(ByteBuf out) {
        out.writeBytes(block, 0, length);
        if (block.length > ROOM_KEPT_MAX || assembled.length > ROOM_KEPT_MAX) {
            block = new byte[ROOM_FIRST];
            assembled = new byte[ROOM_FIRST];
        }
    }

    /** Encodes the field of this name, which is in lower case, and the value {@code values[value, value + length)}. */
    public void field(byte[] name, byte[] values, int value, int valueLength, Indexing indexing) {
        assemble(name, 0, name.length, values, value, valueLength, indexing);
    }

    /**
     * Encodes a field of a head's line: capital letters of its name become small ones. The value is followed by two
     * more bytes at least.
     */
    public void field(byte[] line, int name, int nameLength, int value, int valueLength, Indexing indexing) {
        int behind = name + nameLength;
        if (value == behind + 2 && line[behind] == ':' && line[behind + 1] == ' ' && small(line, name, behind)) {
            encode(line, name, nameLength, valueLength, indexing);
        } else {
            assemble(line, name, nameLength, line, value, valueLength, indexing);
        }
    }

    private void assemble(byte[] names, int name, int nameLength, byte[] values, int value, int valueLength,
            Indexing indexing) {
        int needed = nameLength + valueLength + 4;
        if (needed > assembled.length) {
            assembled = new byte[Math.max(needed, 2 * assembled.length)];
        }
        byte[] to = assembled;
        for (int i = 0; i < nameLength; i++) {
            byte b = names[name + i];
            to[i] = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
        }
        to[nameLength] = ':';
        to[nameLength + 1] = ' ';
        System.arraycopy(values, value, to, nameLength + 2, valueLength);
        encode(to, 0, nameLength, valueLength, indexing);
    }

    private static boolean small(byte[] names, int from, int to) {
        for (int i = from; i < to; i++) {
            if (names[i] >= 'A' && names[i] <= 'Z') {
                return false;
            }
        }
        return true;
    }

    /** Encodes a field that stands as {@code name: value} and two more bytes, its name in lower case. */
    private void encode(byte[] line, int start, int nameLength, int valueLength, Indexing indexing) {
        int value = start + nameLength + 2;
        int nameHash = Hashes.of(line, start, nameLength);
        int nameIndex = StaticTable.nameIndex(line, start, nameLength, nameHash);
        if (nameIndex > 0 && indexing != Indexing.FORBIDDEN) {
            int index = StaticTable.index(nameIndex, line, value, valueLength);
            if (index > 0) {
                room(INTEGERS_ROOM);
                integer(0x80, 7, index);
                return;
            }
        }
        boolean remembered = false;
        if (indexing == Indexing.ALLOWED && table.fits(nameLength, valueLength)) {
            int fieldHash = Hashes.field(nameHash, Hashes.of(line, value, valueLength));
            int index = table.find(line, start, nameLength, valueLength, fieldHash);
            if (index >= 0) {
                room(INTEGERS_ROOM);
                integer(0x80, 7, index + StaticTable.SIZE + 1);
                return;
            }
            int slot = fieldHash & (SEEN_SLOTS - 1);
            remembered = seen[slot] == fieldHash;
            seen[slot] = fieldHash;
            if (remembered) {
                literal(line, start, nameLength, valueLength, nameIndex, nameHash, LITERAL_REMEMBERED);
                table.add(line, start, nameLength, valueLength, nameHash, fieldHash);
                return;
            }
        }
        literal(line, start, nameLength, valueLength, nameIndex, nameHash,
                indexing == Indexing.FORBIDDEN ? LITERAL_NEVER_INDEXED : LITERAL);
    }

    private void literal(byte[] line, int start, int nameLength, int valueLength, int staticName, int nameHash,
            int kind) {
        room(nameLength + valueLength + 2 * INTEGERS_ROOM);
        int name = staticName;
        if (name == 0) {
            int index = table.findName(line, start, nameLength, nameHash);
            name = index < 0 ? 0 : index + StaticTable.SIZE + 1;
        }
        boolean coded = kind == LITERAL_REMEMBERED;
        integer(kind, coded ? 6 : 4, name);
        if (name == 0) {
            string(line, start, nameLength, coded);
        }
        string(line, start + nameLength + 2, valueLength, coded);
    }

    /** A string literal (section 5.2), Huffman coded where that is wanted and shorter. */
    private void string(byte[] from, int start, int bytes, boolean coded) {
        int shorter = coded ? HuffmanEncoder.length(from, start, start + bytes) : bytes;
        if (shorter < bytes) {
            integer(0x80, 7, shorter);
            length = HuffmanEncoder.encode(from, start, start + bytes, block, length);
        } else {
            integer(0, 7, bytes);
            System.arraycopy(from, start, block, length, bytes);
            length += bytes;
        }
    }

    /** An integer with a prefix of so many bits, below the bits of {@code first} (section 5.1). */
    private void integer(int first, int prefixBits, int value) {
        int prefixMax = (1 << prefixBits) - 1;
        if (value < prefixMax) {
            block[length++] = (byte) (first | value);
            return;
        }
        block[length++] = (byte) (first | prefixMax);
        int rest = value - prefixMax;
        while (rest >= 0x80) {
            block[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        block[length++] = (byte) rest;
    }

    private void room(int more) {
        if (length + more > block.length) {
            block = Arrays.copyOf(block, Math.max(length + more, 2 * block.length));
        }
    }
}
