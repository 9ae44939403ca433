package io.weir.http.codec;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The head of one message, request or response: its bytes, and where in them each part stands. Strings are made only
 * where someone asks. Every field line stands in {@link #bytes()} as {@code name: value CRLF}, those of the peer where
 * they arrived, added ones behind them; so runs of untouched lines go out in one copy.
 *
 * <p>
 * Reused from message to message; belongs to one worker, no other thread may touch it.
 */
public final class HttpHead {
    /** What delimits the body (RFC 9112 section 6.3). */
    public enum Framing {
        /** No body. */
        NONE,
        /** {@link #contentLength()} bytes. */
        LENGTH,
        /** The chunked coding. */
        CHUNKED,
        /** Everything until the connection closes: responses only. */
        UNTIL_CLOSE
    }

    private static final int NAME = 0;
    private static final int NAME_END = 1;
    private static final int VALUE = 2;
    private static final int VALUE_END = 3;
    private static final int LINE_END = 4;
    private static final int ID = 5;
    private static final int STRIDE = 6;
    private static final int BYTES_FIRST = 1024;
    private static final int HEADERS_FIRST = 24;

    byte[] bytes = new byte[BYTES_FIRST];
    int length;
    private int[] index = new int[HEADERS_FIRST * STRIDE];
    private int count;
    private int kept;
    /** Bit n is set when a line of the known name n was entered: most names that are asked for are not there. */
    private long known;

    private int methodStart;
    private int methodEnd;
    private int pathStart;
    private int pathEnd;
    private int authorityStart;
    private int authorityEnd;
    private int status;
    private int minorVersion = 1;
    private Framing framing = Framing.NONE;
    private long contentLength = -1;
    private boolean persistent = true;
    private boolean expectContinue;

    /** Empties the head for the next message; its memory stays, unless it grew beyond what most messages need. */
    public void clear() {
        length = 0;
        count = 0;
        kept = 0;
        known = 0;
        methodStart = methodEnd = pathStart = pathEnd = authorityStart = authorityEnd = 0;
        status = 0;
        minorVersion = 1;
        framing = Framing.NONE;
        contentLength = -1;
        persistent = true;
        expectContinue = false;
        if (bytes.length > 16 * BYTES_FIRST) {
            bytes = new byte[BYTES_FIRST];
        }
    }

    // ---- the start line ----

    /** The bytes that all offsets count in; valid up to {@link #length()}, and only until the next change. */
    public byte[] bytes() {
        return bytes;
    }

    /** How many of the bytes are in use. */
    public int length() {
        return length;
    }

    /** Names the method's place in the bytes. */
    public void method(int start, int end) {
        methodStart = start;
        methodEnd = end;
    }

    /** Whether the method is this one, in exact case (RFC 9110 section 9.1). */
    public boolean methodIs(String method) {
        return equal(methodStart, methodEnd, method);
    }

    /** The method. */
    public String method() {
        return text(methodStart, methodEnd);
    }

    public int methodStart() {
        return methodStart;
    }

    public int methodEnd() {
        return methodEnd;
    }

    /** Names the place of path and query, from the first {@code /} (or {@code *}) on. */
    public void path(int start, int end) {
        pathStart = start;
        pathEnd = end;
    }

    /** Replaces path and query; what may not stand there is for the caller to know. */
    public void path(String path) {
        int start = append(path);
        path(start, length);
    }

    /** Path and query as they go upstream. */
    public String path() {
        return text(pathStart, pathEnd);
    }

    /** Replaces the path's first bytes; what follows them, the query too, stays. */
    public void replacePathPrefix(int prefixBytes, byte[] replacement) {
        int restStart = pathStart + prefixBytes;
        int restEnd = pathEnd;
        int start = append(replacement, 0, replacement.length);
        append(bytes, restStart, restEnd);
        path(start, length);
    }

    public int pathStart() {
        return pathStart;
    }

    public int pathEnd() {
        return pathEnd;
    }

    /** Where the query's {@code ?} stands, or {@link #pathEnd()} without a query. */
    public int queryStart() {
        for (int i = pathStart; i < pathEnd; i++) {
            if (bytes[i] == '?') {
                return i;
            }
        }
        return pathEnd;
    }

    /** Names the place of the authority: the target's, where it has one, else the Host field's value. */
    public void authority(int start, int end) {
        authorityStart = start;
        authorityEnd = end;
    }

    /** Replaces the authority, which goes upstream as the Host field. */
    public void authority(String authority) {
        remove(HeaderName.HOST);
        add(HeaderName.HOST, authority);
        int last = (count - 1) * STRIDE;
        authority(index[last + VALUE], index[last + VALUE_END]);
    }

    /** Host and port as the client named them; empty for HTTP/1.0 without Host. */
    public String authority() {
        return text(authorityStart, authorityEnd);
    }

    public int authorityStart() {
        return authorityStart;
    }

    public int authorityEnd() {
        return authorityEnd;
    }

    /** A response's status code, 100 to 999; 0 for a request. */
    public int status() {
        return status;
    }

    public void status(int code) {
        status = code;
    }

    /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
    public int minorVersion() {
        return minorVersion;
    }

    public void minorVersion(int minor) {
        minorVersion = minor;
    }

    // ---- framing, as the codec found it ----

    public Framing framing() {
        return framing;
    }

    /** How the body is delimited; the length counts only for {@link Framing#LENGTH}. */
    public void framing(Framing how, long bodyLength) {
        framing = how;
        contentLength = how == Framing.LENGTH ? bodyLength : -1;
    }

    /** The body's length in bytes, or -1 where the head does not say. */
    public long contentLength() {
        return contentLength;
    }

    /** Whether the sender lets the connection live on after this message. */
    public boolean persistent() {
        return persistent;
    }

    public void persistent(boolean value) {
        persistent = value;
    }

    /** Whether the client waits for 100 before it sends the body (RFC 9110 section 10.1.1). */
    public boolean expectContinue() {
        return expectContinue;
    }

    public void expectContinue(boolean value) {
        expectContinue = value;
    }

    // ---- field lines ----

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
        int at = count * STRIDE;
        if (at == index.length) {
            index = Arrays.copyOf(index, at * 2);
        }
        index[at + NAME] = nameStart;
        index[at + NAME_END] = nameEnd;
        index[at + VALUE] = valueStart;
        index[at + VALUE_END] = valueEnd;
        index[at + LINE_END] = lineEnd;
        int id = HeaderName.idOf(bytes, nameStart, nameEnd);
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

    // ---- bytes ----

    /** Appends {@code source[from, to)} and says where it begins. */
    int append(byte[] source, int from, int to) {
        room(to - from);
        int start = length;
        System.arraycopy(source, from, bytes, start, to - from);
        length += to - from;
        return start;
    }

    /** Appends {@code count} bytes of {@code in}, which moves on; says where they begin. */
    int append(ByteBuf in, int amount) {
        room(amount);
        int start = length;
        in.readBytes(bytes, start, amount);
        length += amount;
        return start;
    }

    /** Whatever would end the line, or does not fit into a byte, becomes a question mark: no value makes a new line. */
    private int append(String latin) {
        int size = latin.length();
        room(size);
        int start = length;
        for (int i = 0; i < size; i++) {
            char c = latin.charAt(i);
            boolean fits = (c >= ' ' && c != 0x7f && c <= 0xff) || c == '\t';
            bytes[start + i] = fits ? (byte) c : (byte) '?';
        }
        length += size;
        return start;
    }

    private void appendDecimal(long number) {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        room(digits);
        long rest = number;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }

    /** Makes room for {@code more} bytes behind the used ones, and for what searches read beyond them. */
    void room(int more) {
        int needed = length + more + Grammar.SPARE;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, needed));
        }
    }

    /** The bytes of {@code [start, end)} as ISO 8859-1 text: one character a byte. */
    public String text(int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    /** Whether {@code [start, end)} equals this text, in exact case. */
    public boolean equal(int start, int end, String latin) {
        if (end - start != latin.length()) {
            return false;
        }
        for (int i = 0; i < latin.length(); i++) {
            if ((bytes[start + i] & 0xff) != latin.charAt(i)) {
                return false;
            }
        }
        return true;
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
