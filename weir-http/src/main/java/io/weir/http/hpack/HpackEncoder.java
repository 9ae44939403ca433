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
        if (value == behind + 2 && line[behind] == ':' && line[behind + 1] == ' '
                && !Hashes.capitals(line, name, behind)) {
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
        System.arraycopy(names, name, to, 0, nameLength);
        if (Hashes.capitals(to, 0, nameLength)) {
            for (int i = 0; i < nameLength; i++) {
                to[i] = to[i] >= 'A' && to[i] <= 'Z' ? (byte) (to[i] | 0x20) : to[i];
            }
        }
        to[nameLength] = ':';
        to[nameLength + 1] = ' ';
        System.arraycopy(values, value, to, nameLength + 2, valueLength);
        encode(to, 0, nameLength, valueLength, indexing);
    }

    /** Encodes a field that stands as {@code name: value} and two more bytes, its name in lower case. */
    private void encode(byte[] line, int start, int nameLength, int valueLength, Indexing indexing) {
        switch (indexing) {
            case ALLOWED -> {
                int fieldHash = Hashes.of(line, start, nameLength + 2 + valueLength);
                int index = index(line, start, nameLength, valueLength, fieldHash);
                if (index > 0) {
                    room(INTEGERS_ROOM);
                    integer(0x80, 7, index);
                } else {
                    int slot = fieldHash & (SEEN_SLOTS - 1);
                    boolean again = seen[slot] == fieldHash && table.fits(nameLength, valueLength);
                    seen[slot] = fieldHash;
                    literal(line, start, nameLength, valueLength, again ? LITERAL_REMEMBERED : LITERAL);
                }
            }
            case POINTLESS -> literal(line, start, nameLength, valueLength, LITERAL);
            case FORBIDDEN -> literal(line, start, nameLength, valueLength, LITERAL_NEVER_INDEXED);
        }
    }

    /** The index of the field in one of the tables, or 0. */
    private int index(byte[] line, int start, int nameLength, int valueLength, int fieldHash) {
        int known = StaticTable.index(line, start, nameLength + 2 + valueLength, fieldHash);
        if (known > 0) {
            return known;
        }
        int found = table.find(line, start, nameLength, valueLength, fieldHash);
        return found < 0 ? 0 : found + StaticTable.SIZE + 1;
    }

    private void literal(byte[] line, int start, int nameLength, int valueLength, int kind) {
        room(nameLength + valueLength + 2 * INTEGERS_ROOM);
        int nameHash = Hashes.of(line, start, nameLength);
        int name = StaticTable.nameIndex(line, start, nameLength, nameHash);
        if (name == 0) {
            int index = table.findName(line, start, nameLength, nameHash);
            name = index < 0 ? 0 : index + StaticTable.SIZE + 1;
        }
        boolean remembered = kind == LITERAL_REMEMBERED;
        integer(kind, remembered ? 6 : 4, name);
        if (name == 0) {
            string(line, start, nameLength, remembered);
        }
        string(line, start + nameLength + 2, valueLength, remembered);
        if (remembered) {
            table.add(line, start, nameLength, valueLength, nameHash,
                    Hashes.of(line, start, nameLength + 2 + valueLength));
        }
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
