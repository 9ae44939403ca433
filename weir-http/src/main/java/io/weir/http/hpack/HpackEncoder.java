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
 * Most fields of a connection are the same in each block. So for each name it is kept which entry its last field was,
 * and that one is compared first: a field that comes again costs one comparison of bytes, and no hash.
 *
 * <p>
 * Use: {@link #begin}, then the fields, then {@link #end}. Belongs to one worker.
 */
public final class HpackEncoder {
    /** The table that is used where the peer offers more: as large as everyone's default. */
    private static final int TABLE_MAX = DynamicTable.DEFAULT_MAX;
    /** Fields that were seen lately: in so many rows, each of so many. */
    private static final int SEEN_ROWS = 32;
    private static final int SEEN_IN_ROW = 4;
    private static final int ROOM_FIRST = 512;
    private static final int ROOM_KEPT_MAX = 16 * 1024;
    /** Numbers of names are below: a caller's known names and the pseudo-header fields. */
    public static final int NAMES_MAX = 72;
    /** No number: the name may be any. */
    public static final int ANY_NAME = 0;
    private static final int ENTRIES = StaticTable.SIZE + 1;
    /** Places for the hints of names without a number, behind those that have one. */
    private static final int OTHER_BITS = 5;
    private static final int OTHER_NAMES = 1 << OTHER_BITS;

    /** Two integers, of at most five octets each. */
    private static final int INTEGERS_ROOM = 16;

    private static final int LITERAL_REMEMBERED = 0x40;
    private static final int LITERAL = 0x00;
    private static final int LITERAL_NEVER_INDEXED = 0x10;

    private final DynamicTable table = new DynamicTable(true);
    /** Hashes of fields that were written as literals not long ago. */
    private final int[] seen = new int[SEEN_ROWS * SEEN_IN_ROW];
    /** By name: what {@link #found} was for its last field. */
    private final int[] hints = new int[NAMES_MAX + OTHER_NAMES];
    /** By the number of a name: its index in the static table, where it has one and a literal has asked. */
    private final byte[] staticNames = new byte[NAMES_MAX + OTHER_NAMES];
    /**
     * What the field at hand is: 0 in no table, an index of the static one, or {@link #ENTRIES} and an entry's number.
     */
    private int found;
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
        field(ANY_NAME, name, 0, name.length, values, value, valueLength, indexing);
    }

    /**
     * Encodes a field: capital letters of its name become small ones.
     *
     * @param number
     *            below {@link #NAMES_MAX}, and of this name alone; {@link #ANY_NAME} where it has none
     * @param names
     *            where the name stands; in the same array as the value it may be a head's line, of which two more bytes
     *            at least follow the value
     */
    @SuppressWarnings("ReferenceEquality") // is what is meant: a line stands in one array
    public void field(int number, byte[] names, int name, int nameLength, byte[] values, int value, int valueLength,
            Indexing indexing) {
        int place = number != ANY_NAME ? number : NAMES_MAX + Hashes.ofEnd(names, name, nameLength, OTHER_BITS);
        if (indexing == Indexing.ALLOWED) {
            int index = hinted(place, names, name, nameLength, values, value, valueLength);
            if (index > 0) {
                room(INTEGERS_ROOM);
                integer(0x80, 7, index);
                return;
            }
        } else if (staticNames[place] > 0) {
            room(valueLength + 2 * INTEGERS_ROOM);
            integer(indexing == Indexing.FORBIDDEN ? LITERAL_NEVER_INDEXED : LITERAL, 4, staticNames[place]);
            string(values, value, valueLength, false);
            return;
        }
        found = 0;
        int behind = name + nameLength;
        if (names == values && value == behind + 2 && names[behind] == ':' && names[behind + 1] == ' '
                && !Hashes.capitals(names, name, behind)) {
            encode(place, names, name, nameLength, valueLength, indexing);
        } else {
            assemble(place, names, name, nameLength, values, value, valueLength, indexing);
        }
        if (found != 0) {
            hints[place] = found;
        }
    }

    /** The index of the last field of this name, if this is the same; else 0. */
    private int hinted(int place, byte[] names, int name, int nameLength, byte[] values, int value, int valueLength) {
        int hint = hints[place];
        if (hint == 0) {
            return 0;
        }
        boolean any = place >= NAMES_MAX;
        if (hint > 0 && hint < ENTRIES) {
            return StaticTable.is(hint, values, value, valueLength)
                    && (!any || StaticTable.named(hint, names, name, nameLength)) ? hint : 0;
        }
        int entry = hint - ENTRIES;
        return table.is(entry, values, value, valueLength) && (!any || table.named(entry, names, name, nameLength))
                ? table.index(entry) + StaticTable.SIZE + 1
                : 0;
    }

    private void assemble(int place, byte[] names, int name, int nameLength, byte[] values, int value, int valueLength,
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
        encode(place, to, 0, nameLength, valueLength, indexing);
    }

    /** Encodes a field that stands as {@code name: value} and two more bytes, its name in lower case. */
    private void encode(int place, byte[] line, int start, int nameLength, int valueLength, Indexing indexing) {
        switch (indexing) {
            case ALLOWED -> {
                int fieldHash = Hashes.of(line, start, nameLength + 2 + valueLength);
                int index = index(line, start, nameLength, valueLength, fieldHash);
                if (index > 0) {
                    room(INTEGERS_ROOM);
                    integer(0x80, 7, index);
                } else {
                    boolean again = seen(fieldHash) && table.fits(nameLength, valueLength);
                    literal(place, line, start, nameLength, valueLength, again ? LITERAL_REMEMBERED : LITERAL);
                }
            }
            case POINTLESS -> literal(place, line, start, nameLength, valueLength, LITERAL);
            case FORBIDDEN -> literal(place, line, start, nameLength, valueLength, LITERAL_NEVER_INDEXED);
        }
    }

    /**
     * Whether a field was seen lately; it is from now on. Where each hash had one place, two fields of every block that
     * share it would keep each other out of the table for good; so rows are longer, newest first.
     */
    private boolean seen(int fieldHash) {
        int row = (fieldHash & (SEEN_ROWS - 1)) * SEEN_IN_ROW;
        int at = row;
        while (at < row + SEEN_IN_ROW - 1 && seen[at] != fieldHash) {
            at++;
        }
        boolean again = seen[at] == fieldHash;
        for (; at > row; at--) {
            seen[at] = seen[at - 1];
        }
        seen[row] = fieldHash;
        return again;
    }

    /** The index of the field in one of the tables, or 0. */
    private int index(byte[] line, int start, int nameLength, int valueLength, int fieldHash) {
        int known = StaticTable.index(line, start, nameLength + 2 + valueLength, fieldHash);
        if (known > 0) {
            found = known;
            return known;
        }
        int index = table.find(line, start, nameLength, valueLength, fieldHash);
        if (index < 0) {
            return 0;
        }
        found(table.number(index));
        return index + StaticTable.SIZE + 1;
    }

    private void found(int entry) {
        int hint = entry + ENTRIES;
        found = hint >= 0 && hint < ENTRIES ? 0 : hint; // numbers go round
    }

    private void literal(int place, byte[] line, int start, int nameLength, int valueLength, int kind) {
        room(nameLength + valueLength + 2 * INTEGERS_ROOM);
        int nameHash = Hashes.of(line, start, nameLength);
        int name = StaticTable.nameIndex(line, start, nameLength, nameHash);
        if (place < NAMES_MAX) {
            staticNames[place] = (byte) name;
        }
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
            found(table.number(0));
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
