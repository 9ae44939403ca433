package io.weir.core.value;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON (RFC 8259) into maps, lists, texts, doubles, truths and nulls; strict, and to a bounded depth. */
public final class JsonReader {
    private static final int DEPTH_MAX = 32;

    private final String text;
    private int at;
    private int depth;

    /** This is no JSON. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    private JsonReader(String text) {
        this.text = text;
    }

    /** Any value; of members of one name the last counts. */
    public static @Nullable Object read(String text) throws Malformed {
        var reader = new JsonReader(text);
        Object value = reader.value();
        reader.space();
        if (reader.at != text.length()) {
            throw reader.malformed("something follows the value");
        }
        return value;
    }

    /** An object; what is none is malformed. */
    public static Map<String, @Nullable Object> object(String text) throws Malformed {
        if (read(text) instanceof Map<?, ?> map) {
            var members = new LinkedHashMap<String, @Nullable Object>();
            map.forEach((name, value) -> members.put(String.valueOf(name), value));
            return members;
        }
        throw new Malformed("no object");
    }

    private @Nullable Object value() throws Malformed {
        space();
        if (at == text.length()) {
            throw malformed("a value is missing");
        }
        return switch (text.charAt(at)) {
            case '{' -> members();
            case '[' -> elements();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> members() throws Malformed {
        enter();
        var map = new LinkedHashMap<String, @Nullable Object>();
        if (!next('}')) {
            do {
                space();
                if (at == text.length() || text.charAt(at) != '"') {
                    throw malformed("a name is missing");
                }
                String name = string();
                due(':');
                map.put(name, value());
            } while (next(','));
            due('}');
        }
        depth--;
        return map;
    }

    private List<@Nullable Object> elements() throws Malformed {
        enter();
        var list = new ArrayList<@Nullable Object>();
        if (!next(']')) {
            do {
                list.add(value());
            } while (next(','));
            due(']');
        }
        depth--;
        return list;
    }

    private void enter() throws Malformed {
        at++;
        if (++depth > DEPTH_MAX) {
            throw malformed("it is too deep");
        }
    }

    private String string() throws Malformed {
        var out = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return out.toString();
            }
            if (c < ' ') {
                throw malformed("a control character in a text");
            }
            out.append(c == '\\' ? escaped() : c);
        }
        throw malformed("a text has no end");
    }

    private char escaped() throws Malformed {
        if (at == text.length()) {
            throw malformed("a text has no end");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw malformed("an unknown escape");
        };
    }

    private char unicode() throws Malformed {
        if (at + 4 > text.length()) {
            throw malformed("a text has no end");
        }
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(text.charAt(at++), 16);
            if (digit < 0) {
                throw malformed("an unknown escape");
            }
            code = code * 16 + digit;
        }
        return (char) code;
    }

    private @Nullable Object word(String word, @Nullable Object value) throws Malformed {
        if (!text.startsWith(word, at)) {
            throw malformed("an unknown word");
        }
        at += word.length();
        return value;
    }

    private Double number() throws Malformed {
        int from = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String number = text.substring(from, at);
        if (!number.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?")) {
            at = from;
            throw malformed("no value");
        }
        return Double.valueOf(number);
    }

    private boolean next(char wanted) {
        space();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void due(char wanted) throws Malformed {
        if (!next(wanted)) {
            throw malformed("a " + wanted + " is missing");
        }
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private Malformed malformed(String why) {
        return new Malformed(why + " at character " + (at + 1));
    }
}
