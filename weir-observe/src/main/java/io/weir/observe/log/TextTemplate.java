package io.weir.observe.log;

import io.weir.observe.log.AccessLogFormat.Mistake;
import io.weir.observe.log.Operator.Kind;
import io.weir.observe.log.Operator.Typed;
import io.weir.observe.log.Operators.Unreadable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A text with command operators, compiled. Immutable; any thread; writing allocates nothing. */
final class TextTemplate {
    /** The most that one value may add to a line, before escaping. */
    static final int VALUE_BYTES_MAX = 16 * 1024;
    private static final Pattern OPERATOR = Pattern.compile("%([A-Z0-9_]+)(?:\\(([^)]*)\\))?(?::(\\d{1,6}))?%");

    /** A literal, then perhaps an operator. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Part(byte[] literal, @Nullable Typed operator, int bytesMax) {
    }

    private final List<Part> parts;
    private final boolean omitEmptyValues;

    private TextTemplate(List<Part> parts, boolean omitEmptyValues) {
        this.parts = List.copyOf(parts);
        this.omitEmptyValues = omitEmptyValues;
    }

    /**
     * Reads a format; what is wrong with it is said with its place, counted from 0. Behind what is no operator at all
     * nothing is read, as it cannot be known which percent sign belongs to which.
     */
    static TextTemplate compile(String format, Draft draft, boolean omitEmptyValues, String path) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        Matcher matcher = OPERATOR.matcher(format);
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at);
            if (c != '%') {
                literal.append(c);
                at++;
            } else if (format.startsWith("%%", at)) {
                literal.append('%');
                at += 2;
            } else if (matcher.region(at, format.length()).lookingAt()) {
                @Nullable
                Typed operator = operator(draft, matcher, at, path);
                String length = matcher.group(3);
                int max = length == null ? VALUE_BYTES_MAX : Math.min(VALUE_BYTES_MAX, Integer.parseInt(length));
                parts.add(new Part(literal.toString().getBytes(StandardCharsets.UTF_8), operator, max));
                literal.setLength(0);
                at = matcher.end();
            } else {
                int shown = Math.min(format.length(), at + 24);
                draft.mistake(path, format.substring(at, shown).strip(),
                        "at character " + at + ": not a command operator (a percent sign is written %%)");
                break;
            }
        }
        if (!literal.isEmpty()) {
            parts.add(new Part(literal.toString().getBytes(StandardCharsets.UTF_8), null, 0));
        }
        return new TextTemplate(parts, omitEmptyValues);
    }

    private static @Nullable Typed operator(Draft draft, Matcher matcher, int at, String path) {
        String name = matcher.group(1);
        try {
            return draft.operators().find(name, matcher.group(2));
        } catch (Unreadable e) {
            draft.mistakes().add(new Mistake(path, matcher.group(), "at character " + at + ": " + e.reason(),
                    draft.operators().knows(name) ? "" : name));
            return null;
        }
    }

    /** The one operator that this is, nothing around it; null when it is anything else. */
    @Nullable
    Kind kindIfSingle() {
        Typed operator = parts.size() == 1 ? parts.getFirst().operator : null;
        return operator != null && parts.getFirst().literal.length == 0 ? operator.kind() : null;
    }

    /** Writes a line, or a part of one, made safe for a log of lines. */
    void writeText(AccessRecord ended, LogBuffer out) {
        write(ended, out, false);
    }

    /** Writes the inside of a JSON string. */
    void writeJson(AccessRecord ended, LogBuffer out) {
        write(ended, out, true);
    }

    /** Writes a text that is no line of a log: values stand in it as they are. */
    void writeRaw(AccessRecord ended, LogBuffer out) {
        for (Part part : parts) {
            out.append(part.literal);
            Typed operator = part.operator;
            int from = out.length();
            if (operator != null && operator.operator().write(ended, out)) {
                out.limit(from, part.bytesMax);
            } else if (operator != null) {
                out.truncate(from);
                out.append(omitEmptyValues ? "" : "-");
            }
        }
    }

    private void write(AccessRecord ended, LogBuffer out, boolean json) {
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            int from = out.length();
            out.append(part.literal);
            if (json && part.literal.length > 0) {
                out.escapeJson(from);
            }
            if (part.operator != null && !value(part, ended, out, json) && !omitEmptyValues) {
                out.append('-');
            }
        }
    }

    /** For a single operator: writes its value, or gives back false. */
    boolean writeSingle(AccessRecord ended, LogBuffer out) {
        return value(parts.getFirst(), ended, out, true);
    }

    private static boolean value(Part part, AccessRecord ended, LogBuffer out, boolean json) {
        Typed operator = part.operator;
        int from = out.length();
        if (operator == null || !operator.operator().write(ended, out)) {
            out.truncate(from);
            return false;
        }
        out.limit(from, part.bytesMax);
        if (operator.kind() == Kind.STRING) {
            if (json) {
                out.escapeJson(from);
            } else {
                out.escapeText(from);
            }
        }
        return true;
    }
}
