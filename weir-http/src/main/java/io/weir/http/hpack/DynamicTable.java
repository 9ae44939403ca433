package io.weir.http.hpack;

import java.util.Arrays;

/**
 * The fields that the two ends of a connection remember (RFC 7541 sections 2.3.2 and 4), newest first, each as a line
 * in one piece. Their bytes stand one behind the other in an array that is pushed together when its end is reached. For
 * the encoder the entries are in chains by their hashes; a chain ends where it leads to an entry that is no more, so
 * that nothing has to be unlinked.
 */
final class DynamicTable {
    /** What section 4.1 counts for each entry beside its name and value. */
    static final int ENTRY_OVERHEAD = 32;
    /** The size until a setting says otherwise (RFC 9113 section 6.5.2). */
    static final int DEFAULT_MAX = 4096;

    private static final int LINE_OVERHEAD = 4;
    private static final int ENTRIES_FIRST = 16;
    private static final int BYTES_FIRST = 512;
    private static final byte[] NO_BYTES = {};

    private final boolean searchable;
    private int max = DEFAULT_MAX;
    private int size;
    private int count;
    /** The number of the newest entry; it counts all that there have been, and may overflow. */
    private int newest;

    /** The lines; the oldest begins at {@link #head}, and behind the newest is room from {@link #tail} on. */
    byte[] bytes = NO_BYTES;
    private int head;
    private int tail;

    /** All by entry number, in a ring: where the line begins, the lengths, and the sink's tag. */
    private int[] starts = new int[ENTRIES_FIRST];
    private int[] names = new int[ENTRIES_FIRST];
    private int[] values = new int[ENTRIES_FIRST];
    private int[] tags = new int[ENTRIES_FIRST];
    private int mask = ENTRIES_FIRST - 1;

    /** For the encoder: hashes by entry, the newest entry of each slot, and the next older one of each entry. */
    private int[] fieldHashes = new int[0];
    private int[] nameHashes = new int[0];
    private int[] fieldHeads = new int[0];
    private int[] nameHeads = new int[0];
    private int[] fieldNext = new int[0];
    private int[] nameNext = new int[0];

    /**
     * @param searchable
     *            whether entries are looked for by their bytes: the encoder's side
     */
    DynamicTable(boolean searchable) {
        this.searchable = searchable;
        if (searchable) {
            chains();
        }
    }

    int max() {
        return max;
    }

    /** Sets the size in bytes, by section 4.1's count, and drops what no longer fits. */
    void max(int bytesMax) {
        max = bytesMax;
        shrink(bytesMax);
    }

    int count() {
        return count;
    }

    /** The place of the entry with this index of the dynamic table, 0 the newest; only below {@link #count}. */
    int place(int index) {
        return (newest - index) & mask;
    }

    int start(int place) {
        return starts[place];
    }

    int nameLength(int place) {
        return names[place];
    }

    int valueLength(int place) {
        return values[place];
    }

    int tag(int place) {
        return tags[place];
    }

    void tag(int place, int tag) {
        tags[place] = tag;
    }

    /** Whether a field of these lengths can be an entry; one that can't would only empty the table. */
    boolean fits(int nameLength, int valueLength) {
        return nameLength + valueLength + ENTRY_OVERHEAD <= max;
    }

    /** Adds {@code name: value CRLF} as the newest entry, for which older ones make room (section 4.4). */
    void add(byte[] line, int start, int nameLength, int valueLength, int tag) {
        int weight = nameLength + valueLength + ENTRY_OVERHEAD;
        if (weight > max) {
            shrink(0);
            return;
        }
        shrink(max - weight);
        int length = nameLength + valueLength + LINE_OVERHEAD;
        room(length);
        if (count > mask) {
            grow();
        }
        System.arraycopy(line, start, bytes, tail, length);
        int place = ++newest & mask;
        starts[place] = tail;
        names[place] = nameLength;
        values[place] = valueLength;
        tags[place] = tag;
        tail += length;
        size += weight;
        count++;
    }

    private void shrink(int sizeMax) {
        while (size > sizeMax) {
            int place = (newest - count + 1) & mask;
            size -= names[place] + values[place] + ENTRY_OVERHEAD;
            head = starts[place] + names[place] + values[place] + LINE_OVERHEAD;
            count--;
        }
        if (count == 0) {
            head = 0;
            tail = 0;
        }
    }

    /** Makes room for a line: twice what all lines need, so that they are seldom moved. */
    private void room(int length) {
        if (tail + length <= bytes.length) {
            return;
        }
        int live = tail - head;
        int needed = 2 * (live + length);
        byte[] to = needed > bytes.length ? new byte[Math.max(needed, BYTES_FIRST)] : bytes;
        System.arraycopy(bytes, head, to, 0, live);
        for (int i = 0; i < count; i++) {
            starts[place(i)] -= head;
        }
        bytes = to;
        head = 0;
        tail = live;
    }

    private void grow() {
        int wider = 2 * (mask + 1);
        starts = moved(starts, wider);
        names = moved(names, wider);
        values = moved(values, wider);
        tags = moved(tags, wider);
        if (searchable) {
            fieldHashes = moved(fieldHashes, wider);
            nameHashes = moved(nameHashes, wider);
        }
        mask = wider - 1;
        if (searchable) {
            chains();
        }
    }

    private int[] moved(int[] ring, int wider) {
        int[] to = new int[wider];
        for (int i = 0; i < count; i++) {
            to[(newest - i) & (wider - 1)] = ring[place(i)];
        }
        return to;
    }

    // ---- the encoder's side ----

    /** Builds the chains anew, from the oldest entry on. */
    private void chains() {
        int entries = mask + 1;
        fieldHashes = Arrays.copyOf(fieldHashes, entries);
        nameHashes = Arrays.copyOf(nameHashes, entries);
        fieldHeads = new int[2 * entries];
        nameHeads = new int[2 * entries];
        fieldNext = new int[entries];
        nameNext = new int[entries];
        int none = newest + Integer.MIN_VALUE; // as far from all entries as can be
        Arrays.fill(fieldHeads, none);
        Arrays.fill(nameHeads, none);
        for (int i = count - 1; i >= 0; i--) {
            link(newest - i);
        }
    }

    private void link(int number) {
        int place = number & mask;
        int slot = fieldHashes[place] & (fieldHeads.length - 1);
        fieldNext[place] = fieldHeads[slot];
        fieldHeads[slot] = number;
        int nameSlot = nameHashes[place] & (nameHeads.length - 1);
        nameNext[place] = nameHeads[nameSlot];
        nameHeads[nameSlot] = number;
    }

    /** Adds as above, and makes the entry be found by these hashes. */
    void add(byte[] line, int start, int nameLength, int valueLength, int nameHash, int fieldHash) {
        add(line, start, nameLength, valueLength, 0);
        int place = newest & mask;
        fieldHashes[place] = fieldHash;
        nameHashes[place] = nameHash;
        link(newest);
    }

    /** The index of the newest entry that is this field, or -1. What stands behind the value does not count. */
    int find(byte[] line, int start, int nameLength, int valueLength, int fieldHash) {
        int length = nameLength + 2 + valueLength;
        int number = fieldHeads[fieldHash & (fieldHeads.length - 1)];
        for (int steps = 0; newest - number >= 0 && newest - number < count && steps < count; steps++) {
            int place = number & mask;
            if (fieldHashes[place] == fieldHash && names[place] == nameLength && values[place] == valueLength
                    && Arrays.equals(bytes, starts[place], starts[place] + length, line, start, start + length)) {
                return newest - number;
            }
            number = fieldNext[place];
        }
        return -1;
    }

    /** The number of the entry with this index: its own for as long as it is there. */
    int number(int index) {
        return newest - index;
    }

    /** The index of the entry with this number; of one that is no more, none that is below {@link #count}. */
    int index(int number) {
        return newest - number;
    }

    private boolean holds(int number) {
        return Integer.compareUnsigned(newest - number, count) < 0;
    }

    /** Whether the entry with this number is there, and its value is {@code from[value, value + length)}. */
    boolean is(int number, byte[] from, int value, int length) {
        int place = number & mask;
        if (!holds(number) || values[place] != length) {
            return false;
        }
        int at = starts[place] + names[place] + 2;
        return Hashes.equal(bytes, at, from, value, length);
    }

    /** Whether the entry with this number, which is there, has the name {@code from[name, name + length)}. */
    boolean named(int number, byte[] from, int name, int length) {
        int place = number & mask;
        return names[place] == length && Hashes.equal(bytes, starts[place], from, name, length);
    }

    /** The index of the newest entry with this name, or -1. */
    int findName(byte[] line, int start, int nameLength, int nameHash) {
        int number = nameHeads[nameHash & (nameHeads.length - 1)];
        for (int steps = 0; newest - number >= 0 && newest - number < count && steps < count; steps++) {
            int place = number & mask;
            if (nameHashes[place] == nameHash && names[place] == nameLength && Arrays.equals(bytes, starts[place],
                    starts[place] + nameLength, line, start, start + nameLength)) {
                return newest - number;
            }
            number = nameNext[place];
        }
        return -1;
    }
}
