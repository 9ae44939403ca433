package io.weir.http.codec;

import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.codec.ReferenceHead.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A slow, obvious decoder of bodies, from the grammar of RFC 9112 section 7; what the codec is held against. */
final class ReferenceBody {
    /** What became of the bytes: the body so far, and how many bytes were used when it is done. */
    record Decoded(String body, boolean done, boolean refused, List<Field> trailers, int bytes) {
    }

    private static final String TEXT = "[\\t\\x20-\\x7e\\x80-\\xff]";
    private static final String QUOTED = "\"(?:[\\t\\x20-\\x7e\\x80-\\xff&&[^\"\\\\]]|\\\\" + TEXT + ")*+\"";
    private static final Pattern CHUNK_LINE = Pattern.compile("([0-9A-Fa-f]{1,16})((?:[ \\t]*;[ \\t]*"
            + ReferenceHead.TOKEN + "(?:[ \\t]*=[ \\t]*(?:" + ReferenceHead.TOKEN + "|" + QUOTED + "))?)*+)");
    private static final Pattern FIELD = Pattern
            .compile("(" + ReferenceHead.TOKEN + "):[ \\t]*(" + TEXT + "*?)[ \\t]*");
    private static final int EXTENSION_BYTES_MAX = 4096;

    private final String bytes;
    private final HeadLimits limits;
    private final StringBuilder body = new StringBuilder();
    /** What RFC 9110 section 6.5.1 keeps out of trailers, beside the names that a proxy acts upon. */
    private static final Set<String> NOT_BEHIND_A_BODY = Set.of("age", "expires", "if-match", "if-modified-since",
            "if-none-match", "if-range", "if-unmodified-since", "max-forwards", "pragma", "retry-after", "vary",
            "warning", "www-authenticate");

    private final List<Field> trailers = new ArrayList<>();
    private int at;

    private ReferenceBody(String bytes, HeadLimits limits) {
        this.bytes = bytes;
        this.limits = limits;
    }

    static Decoded decode(Framing framing, long length, String bytes, HeadLimits limits) {
        return switch (framing) {
            case NONE -> new Decoded("", true, false, List.of(), 0);
            case LENGTH -> {
                int size = (int) Math.min(length, bytes.length());
                yield new Decoded(bytes.substring(0, size), size == length, false, List.of(), size);
            }
            case UNTIL_CLOSE -> new Decoded(bytes, false, false, List.of(), bytes.length());
            case CHUNKED -> new ReferenceBody(bytes, limits).chunked();
        };
    }

    private Decoded chunked() {
        long extensionBytes = 0;
        while (true) {
            int lf = bytes.indexOf('\n', at);
            if (lf < 0) {
                return going();
            }
            String line = bytes.substring(at, lf);
            Matcher m = CHUNK_LINE.matcher(line.endsWith("\r") ? line.substring(0, line.length() - 1) : "");
            if (!m.matches() || (m.group(1).length() == 16 && m.group(1).charAt(0) > '7')) {
                return refused();
            }
            extensionBytes += m.group(2).length();
            if (extensionBytes > EXTENSION_BYTES_MAX) {
                return refused();
            }
            long size = Long.parseLong(m.group(1), 16);
            at = lf + 1;
            if (size == 0) {
                return trailers();
            }
            int available = (int) Math.min(size, bytes.length() - at);
            body.append(bytes, at, at + available);
            at += available;
            String end = bytes.substring(at, Math.min(at + 2, bytes.length()));
            if (!"\r\n".startsWith(end)) {
                return refused();
            }
            if (end.length() < 2) {
                return going();
            }
            at += 2;
        }
    }

    private Decoded trailers() {
        int start = at;
        int lines = 0;
        while (true) {
            int lf = bytes.indexOf('\n', at);
            int end = lf < 0 ? bytes.length() : lf + 1;
            if (end - start > limits.bytesMax() || (lf < 0 && end - start == limits.bytesMax())) {
                return refused();
            }
            if (lf < 0) {
                return going();
            }
            String line = bytes.substring(at, lf);
            at = lf + 1;
            if (line.equals("\r")) {
                return new Decoded(body.toString(), true, false, trailers, at);
            }
            Matcher m = FIELD.matcher(line.endsWith("\r") ? line.substring(0, line.length() - 1) : "");
            if (!m.matches() || lines == limits.fieldsMax()) {
                return refused();
            }
            lines++;
            String lower = m.group(1).toLowerCase(Locale.ROOT);
            if (!ReferenceHead.END_TO_END.contains(lower) && !ReferenceHead.ONE_HOP.contains(lower)
                    && !NOT_BEHIND_A_BODY.contains(lower)) {
                trailers.add(new Field(m.group(1), m.group(2)));
            }
        }
    }

    private Decoded going() {
        return new Decoded(body.toString(), false, false, List.of(), bytes.length());
    }

    private Decoded refused() {
        return new Decoded(body.toString(), false, true, List.of(), at);
    }
}
