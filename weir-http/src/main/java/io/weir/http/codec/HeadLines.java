package io.weir.http.codec;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The field lines of one head: where in its bytes each stands, which are removed, and what is added. */
abstract class HeadLines extends HeadBytes {
    private static final int NAME = 0;
    private static final int NAME_END = 1;
    private static final int VALUE = 2;
    private static final int VALUE_END = 3;
    private static final int LINE_END = 4;
    private static final int ID = 5;
    private static final int STRIDE = 6;
    private static final int HEADERS_FIRST = 24;

    private int[] index = new int[HEADERS_FIRST * STRIDE];
    private int count;
    private int kept;
    /** Bit n is set when a line of the known name n was entered: most names that are asked for are not there. */
    private long known;

    private final BitSet sensitive = new BitSet();

    /** Forgets all lines and all bytes. */
    void clearLines() {
        clearBytes();
        count = 0;
        kept = 0;
        known = 0;
        sensitive.clear();
    }

    /** How many lines there are, removed ones included: the bound for {@code i} below. */
    public int count() {
        return count;
    }

    /** How many lines there are without the removed ones. */
    public int size() {
        return kept;
    }

    /** Enters a line whose bytes stand in {@link #bytes()} already; {@code lineEnd} is behind its CRLF. */
    void line(int nameStart, int nameEnd, int valueStart, int valueEnd, int lineEnd) {
        line(nameStart, nameEnd, valueStart, valueEnd, lineEnd, HeaderName.idOf(bytes, nameStart, nameEnd));
    }

    /** Enters a line whose name's number is known already. */
    void line(int nameStart, int nameEnd, int valueStart, int valueEnd, int lineEnd, int id) {
        int at = count * STRIDE;
        if (at == index.length) {
            index = Arrays.copyOf(index, at * 2);
        }
        index[at + NAME] = nameStart;
        index[at + NAME_END] = nameEnd;
        index[at + VALUE] = valueStart;
        index[at + VALUE_END] = valueEnd;
        index[at + LINE_END] = lineEnd;
        index[at + ID] = id;
        known |= 1L << id;
        count++;
        kept++;
    }

    /** The first line of this name from line {@code from} on, or -1. */
    public int find(HeaderName name, int from) {
        int id = name.id();
        if ((known & (1L << id)) == 0) {
            return -1;
        }
        for (int i = from; i < count; i++) {
            int at = i * STRIDE;
            if (index[at + ID] == id
                    && (id != 0 || name.matches(bytes, index[at + NAME], index[at + NAME_END]))) {
                return i;
            }
        }
        return -1;
    }

    public int find(HeaderName name) {
        return find(name, 0);
    }

    public boolean has(HeaderName name) {
        return find(name, 0) >= 0;
    }

    /** The first value of this name, or null; several lines are not joined. */
    public @Nullable String value(HeaderName name) {
        int i = find(name, 0);
        return i < 0 ? null : value(i);
    }

    public String value(int i) {
        return text(index[i * STRIDE + VALUE], index[i * STRIDE + VALUE_END]);
    }

    public String name(int i) {
        return text(index[i * STRIDE + NAME], index[i * STRIDE + NAME_END]);
    }

    public int nameStart(int i) {
        return index[i * STRIDE + NAME];
    }

    public int nameEnd(int i) {
        return index[i * STRIDE + NAME_END];
    }

    public int valueStart(int i) {
        return index[i * STRIDE + VALUE];
    }

    public int valueEnd(int i) {
        return index[i * STRIDE + VALUE_END];
    }

    /** Whether line {@code i} was removed; such lines are skipped by {@link #find} and not written. */
    public boolean removed(int i) {
        return index[i * STRIDE + ID] < 0;
    }

    /** The number of line {@code i}'s known name, 0 for any other name, negative for a removed line. */
    public int nameId(int i) {
        return index[i * STRIDE + ID];
    }

    /**
     * Joins {@code bytes[value, valueEnd)}, the value of a line that is not entered and stands last, to line
     * {@code i}'s value, as crumbs of a cookie are (RFC 9113 section 8.2.3). An empty one adds nothing: behind a
     * separator it would leave white space at the end, with which a value is malformed (section 8.2.1).
     *
     * @param lineStart
     *            where the other line begins
     * @return false when line {@code i} does not end there: then nothing was done
     */
    boolean joined(int i, int lineStart, int value, int valueEnd) {
        int at = i * STRIDE;
        if (index[at + LINE_END] != lineStart) {
            return false;
        }
        int end = index[at + VALUE_END];
        if (valueEnd == value) {
            length = lineStart;
            return true;
        }
        int from = end;
        if (end > index[at + VALUE]) {
            bytes[from++] = ';';
            bytes[from++] = ' ';
        }
        System.arraycopy(bytes, value, bytes, from, valueEnd + 2 - value);
        index[at + VALUE_END] = from + valueEnd - value;
        length = index[at + VALUE_END] + 2;
        index[at + LINE_END] = length;
        return true;
    }

    /** Joins the values of all lines of this name in one line at the end, as crumbs of a cookie are. */
    void joinAll(HeaderName name) {
        int first = find(name, 0);
        int start = beginLine(name);
        int valueStart = length;
        boolean secret = false;
        for (int i = first; i >= 0; i = find(name, i + 1)) {
            boolean empty = index[i * STRIDE + VALUE_END] == index[i * STRIDE + VALUE];
            if (length > valueStart && !empty) {
                room(2);
                bytes[length++] = ';';
                bytes[length++] = ' ';
            }
            append(bytes, index[i * STRIDE + VALUE], index[i * STRIDE + VALUE_END]);
            secret |= sensitive.get(i);
            remove(i);
        }
        endLine(start, name, valueStart);
        if (secret) {
            sensitive.set(count - 1);
        }
    }

    /** All lines of this name as one value (RFC 9110 section 5.3); null where there is none. */
    public @Nullable String listed(HeaderName name) {
        int first = find(name, 0);
        if (first < 0) {
            return null;
        }
        int next = find(name, first + 1);
        if (next < 0) {
            return value(first);
        }
        var list = new StringBuilder(value(first));
        for (int i = next; i >= 0; i = find(name, i + 1)) {
            list.append(", ").append(value(i));
        }
        return list.toString();
    }

    /** Marks line {@code i} as a secret that no table may hold. */
    public void markSensitive(int i) {
        sensitive.set(i);
    }

    /** Whether line {@code i} came marked as a secret that no table may hold (RFC 7541 section 6.2.3). */
    public boolean sensitive(int i) {
        return sensitive.get(i);
    }

    /** Whether line {@code i}, which stands, has a known name. */
    boolean known(int i) {
        return index[i * STRIDE + ID] > 0;
    }

    /** Takes line {@code i} out. */
    public void remove(int i) {
        if (index[i * STRIDE + ID] >= 0) {
            index[i * STRIDE + ID] = -1;
            kept--;
        }
    }

    /** Takes out every line of this name; says how many. */
    public int remove(HeaderName name) {
        int removed = 0;
        for (int i = find(name, 0); i >= 0; i = find(name, i + 1)) {
            remove(i);
            removed++;
        }
        return removed;
    }

    /** Adds a line. Each character becomes one byte; control characters, and those above 0xff, a question mark. */
    public void add(HeaderName name, String value) {
        int start = beginLine(name);
        int valueStart = length;
        append(value);
        endLine(start, name, valueStart);
    }

    /** Adds a line whose value is {@code source[from, to)}: no control characters, the caller has seen to that. */
    public void add(HeaderName name, byte[] source, int from, int to) {
        int start = beginLine(name);
        int valueStart = length;
        append(source, from, to);
        endLine(start, name, valueStart);
    }

    /** Adds a line with a decimal number that is not negative. */
    public void add(HeaderName name, long number) {
        int start = beginLine(name);
        int valueStart = length;
        appendDecimal(number);
        endLine(start, name, valueStart);
    }

    /** Adds a line after taking out all of this name. */
    public void set(HeaderName name, String value) {
        remove(name);
        add(name, value);
    }

    private int beginLine(HeaderName name) {
        int start = append(name.lower(), 0, name.lower().length);
        room(2);
        bytes[length++] = ':';
        bytes[length++] = ' ';
        return start;
    }

    private void endLine(int start, HeaderName name, int valueStart) {
        int valueEnd = length;
        room(2);
        bytes[length++] = '\r';
        bytes[length++] = '\n';
        line(start, start + name.lower().length, valueStart, valueEnd, length);
    }

    /** Writes every kept line, and no empty line behind them. Neighbours go out in one copy. */
    public void writeLines(ByteBuf out) {
        writeLines(out, 0, 0);
    }

    /** Writes {@code bytes[from, to)}, which a kept line may stand right behind, and every kept line. */
    void writeLines(ByteBuf out, int from, int to) {
        int runStart = from;
        int runEnd = to;
        for (int at = 0; at < count * STRIDE; at += STRIDE) {
            if (index[at + ID] < 0) {
                continue;
            }
            if (index[at + NAME] != runEnd) {
                if (runEnd > runStart) {
                    out.writeBytes(bytes, runStart, runEnd - runStart);
                }
                runStart = index[at + NAME];
            }
            runEnd = index[at + LINE_END];
        }
        if (runEnd > runStart) {
            out.writeBytes(bytes, runStart, runEnd - runStart);
        }
    }
}
