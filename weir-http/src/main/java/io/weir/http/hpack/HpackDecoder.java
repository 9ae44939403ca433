package io.weir.http.hpack;

import io.netty.buffer.ByteBuf;
import io.weir.http.room.LargeArrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the header blocks that one peer sends (RFC 7541), whole blocks in their order. A field goes to its sink as
 * bytes; nothing is allocated once the tables and the room for one field have grown to what the peer needs, and no
 * string is longer than eight fifths of its block. What a block may amount to is for the sink to bound: one octet can
 * stand for a whole table entry. Belongs to one worker.
 */
public final class HpackDecoder {
    /** Octets behind an integer's prefix: enough for 2^28, which is beyond any index, length or size of use. */
    private static final int INTEGER_OCTETS_MAX = 4;
    /** A peer whose table went down and up again says two sizes (section 4.2). */
    private static final int SIZE_UPDATES_MAX = 2;
    private static final int ROOM_FIRST = 512;

    private final DynamicTable table = new DynamicTable(false);
    private final int[] staticTags = new int[StaticTable.SIZE + 1];
    private int sizeMax = DynamicTable.DEFAULT_MAX;
    private boolean updateDue;

    private byte[] block = new byte[ROOM_FIRST];
    private int at;
    private int end;
    /** The literal at hand as {@code name: value CRLF}, and how much of it there is. */
    private byte[] line = new byte[ROOM_FIRST];
    private int filled;
    private @Nullable BlockError error;

    /**
     * Sets our SETTINGS_HEADER_TABLE_SIZE, from when the peer has acknowledged it. Where that is less than its table
     * has, its next block has to begin with a table size update (RFC 7541 section 4.2).
     */
    public void tableMax(int bytes) {
        sizeMax = bytes;
        updateDue = table.max() > bytes;
    }

    /**
     * Decodes a block, from the reader index to the end of the buffer. After an error nothing can be decoded any more.
     *
     * @return null when all fields went to the sink
     */
    public @Nullable BlockError decode(ByteBuf in, FieldSink sink) {
        int length = in.readableBytes();
        if (block.length < length) {
            block = LargeArrays.take(Math.max(length, 2 * block.length));
        }
        in.readBytes(block, 0, length);
        at = 0;
        end = length;
        if (sizeUpdates()) {
            while (at < end && field(sink)) {
                // until the end or an error
            }
        }
        block = smaller(block);
        line = smaller(line);
        return error;
    }

    /** Room that is more than small is given back after the block. */
    private static byte[] smaller(byte[] room) {
        if (room.length <= LargeArrays.SMALL_MAX) {
            return room;
        }
        LargeArrays.giveBack(room);
        return new byte[ROOM_FIRST];
    }

    /** What the peer has had remembered. */
    DynamicTable table() {
        return table;
    }

    /** Table size updates, which stand before all fields (section 4.2). */
    private boolean sizeUpdates() {
        if (error != null) {
            return false;
        }
        for (int updates = 0; at < end && (block[at] & 0xe0) == 0x20; updates++) {
            if (updates == SIZE_UPDATES_MAX) {
                return fail(BlockError.SIZE_UPDATES_TOO_MANY);
            }
            int bytesMax = integer(5);
            if (bytesMax < 0) {
                return false;
            }
            if (bytesMax > sizeMax) {
                return fail(BlockError.SIZE_UPDATE_TOO_LARGE);
            }
            table.max(bytesMax);
            updateDue = false;
        }
        return !updateDue || fail(BlockError.SIZE_UPDATE_MISSING);
    }

    private boolean field(FieldSink sink) {
        int first = block[at];
        if (first < 0) {
            int index = integer(7);
            return index >= 0 && indexed(index, sink);
        }
        if ((first & 0xe0) == 0x20) {
            return fail(BlockError.SIZE_UPDATE_LATE);
        }
        boolean remembered = (first & 0x40) != 0;
        boolean sensitive = !remembered && (first & 0x10) != 0;
        int name = integer(remembered ? 6 : 4);
        filled = 0;
        if (name < 0 || !(name == 0 ? string() : name(name))) {
            return false;
        }
        int nameLength = filled;
        line[filled++] = ':';
        line[filled++] = ' ';
        int value = filled;
        if (!string()) {
            return false;
        }
        int valueLength = filled - value;
        line[filled++] = '\r';
        line[filled++] = '\n';
        int tag = sink.field(line, 0, nameLength, valueLength, 0, sensitive);
        if (remembered) {
            table.add(line, 0, nameLength, valueLength, tag);
        }
        return true;
    }

    private boolean indexed(int index, FieldSink sink) {
        if (index <= StaticTable.SIZE) {
            if (index == 0) {
                return fail(BlockError.INDEX);
            }
            staticTags[index] = sink.field(StaticTable.BYTES, StaticTable.START[index], StaticTable.NAME[index],
                    StaticTable.VALUE[index], staticTags[index], false);
            return true;
        }
        if (index - StaticTable.SIZE > table.count()) {
            return fail(BlockError.INDEX);
        }
        int place = table.place(index - StaticTable.SIZE - 1);
        table.tag(place, sink.field(table.bytes, table.start(place), table.nameLength(place), table.valueLength(place),
                table.tag(place), false));
        return true;
    }

    /** Copies the name of an entry to the line. */
    private boolean name(int index) {
        if (index <= StaticTable.SIZE) {
            append(StaticTable.BYTES, StaticTable.START[index], StaticTable.NAME[index]);
            return true;
        }
        if (index - StaticTable.SIZE > table.count()) {
            return fail(BlockError.INDEX);
        }
        int place = table.place(index - StaticTable.SIZE - 1);
        append(table.bytes, table.start(place), table.nameLength(place));
        return true;
    }

    private void append(byte[] from, int start, int length) {
        room(length);
        System.arraycopy(from, start, line, filled, length);
        filled += length;
    }

    /** Room for so many bytes, and for what stands between and behind name and value. */
    private void room(int more) {
        int needed = filled + more + 4;
        if (needed > line.length) {
            byte[] larger = LargeArrays.take(Math.max(needed, 2 * line.length));
            System.arraycopy(line, 0, larger, 0, filled);
            LargeArrays.giveBack(line);
            line = larger;
        }
    }

    /** Appends a string literal to the line (section 5.2). */
    private boolean string() {
        if (at == end) {
            return fail(BlockError.TRUNCATED);
        }
        boolean coded = block[at] < 0;
        int length = integer(7);
        if (length < 0) {
            return false;
        }
        if (length > end - at) {
            return fail(BlockError.TRUNCATED);
        }
        if (coded) {
            room(length * 8 / HuffmanCode.SHORTEST_BITS + 1);
            int decoded = HuffmanDecoder.decode(block, at, at + length, line, filled);
            if (decoded < 0) {
                return fail(decoded == HuffmanDecoder.END_SYMBOL
                        ? BlockError.HUFFMAN_END
                        : BlockError.HUFFMAN_PADDING);
            }
            filled = decoded;
        } else {
            append(block, at, length);
        }
        at += length;
        return true;
    }

    /** An integer with a prefix of so many bits (section 5.1), or -1 after an error. */
    private int integer(int prefixBits) {
        int prefixMax = (1 << prefixBits) - 1;
        int value = block[at++] & prefixMax;
        if (value < prefixMax) {
            return value;
        }
        for (int octets = 0; octets < INTEGER_OCTETS_MAX; octets++) {
            if (at == end) {
                fail(BlockError.TRUNCATED);
                return -1;
            }
            int next = block[at++];
            value += (next & 0x7f) << (7 * octets);
            if (next >= 0) {
                return value;
            }
        }
        fail(BlockError.INTEGER);
        return -1;
    }

    private boolean fail(BlockError why) {
        error = why;
        return false;
    }
}
