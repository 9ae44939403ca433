package io.weir.xds.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The text form of what is honoured. A block begins at the left margin with the full name of a message and a mark, and
 * goes on in indented lines; {@code #} begins a comment:
 *
 * <pre>
 * envoy.config.cluster.v3.Cluster: name type connect_timeout      fields that are honoured, each with all that is in it
 *   load_assignment                                               (as far as the messages in it are honoured)
 * envoy.config.core.v3.Node: *                                    every field
 * envoy.config.cluster.v3.Cluster= lb_policy: ROUND_ROBIN RANDOM  honoured with these values only
 * envoy.config.cluster.v3.Cluster? alt_stat_name: why that is     ignored with one warning; one field a line
 *   harmless, which may run on
 * envoy.config.cluster.v3.Cluster! hosts: write load_assignment   refused, with a cure of its own; one field a line
 * </pre>
 */
final class HonouredTable {
    /** Stands for every field that is not named. */
    static final String EVERY = "*";

    private HonouredTable() {}

    /** What is said of one field. */
    sealed interface Line {
        /** Honoured. */
        record Full() implements Line {
        }

        /** Honoured when it has one of these values. */
        record Values(Set<String> allowed) implements Line {
        }

        /** Ignored, with the reason why that is harmless. */
        record Ignored(String why) implements Line {
        }

        /** Refused, with what to do instead. */
        record Refused(String cure) implements Line {
        }
    }

    /** Message name to field name to what is said of it. */
    static Map<String, Map<String, Line>> parse(String name, String text) {
        Map<String, Map<String, Line>> tables = new HashMap<>();
        StringBuilder block = new StringBuilder();
        int blockLine = 0;
        int number = 0;
        for (String raw : text.split("\n", -1)) {
            number++;
            int hash = raw.indexOf('#');
            String line = (hash < 0 ? raw : raw.substring(0, hash)).stripTrailing();
            if (line.isBlank()) {
                continue;
            }
            if (!Character.isWhitespace(line.charAt(0))) {
                block(tables, name, blockLine, block);
                block.setLength(0);
                blockLine = number;
            }
            block.append(' ').append(line.strip());
        }
        block(tables, name, blockLine, block);
        return tables;
    }

    private static void block(Map<String, Map<String, Line>> tables, String name, int line, CharSequence block) {
        String text = block.toString().strip();
        if (text.isEmpty()) {
            return;
        }
        int mark = 0;
        while (mark < text.length() && (Character.isLetterOrDigit(text.charAt(mark)) || text.charAt(mark) == '.'
                || text.charAt(mark) == '_')) {
            mark++;
        }
        if (mark == 0 || mark == text.length()) {
            throw mistake(name, line, "a message name and one of : = ? ! is due");
        }
        Map<String, Line> table = tables.computeIfAbsent(text.substring(0, mark), key -> new HashMap<>());
        String rest = text.substring(mark + 1).strip();
        if (text.charAt(mark) == ':') {
            if (rest.isEmpty()) {
                throw mistake(name, line, "no field is named");
            }
            for (String field : words(rest)) {
                put(table, name, line, field, new Line.Full());
            }
            return;
        }
        int colon = rest.indexOf(':');
        if (colon <= 0 || rest.substring(0, colon).indexOf(' ') >= 0) {
            throw mistake(name, line, "one field followed by : is due");
        }
        String field = rest.substring(0, colon);
        String said = rest.substring(colon + 1).strip();
        if (said.isEmpty()) {
            throw mistake(name, line, "something is due after " + field + ":");
        }
        put(table, name, line, field, line(text.charAt(mark), said, name, line));
    }

    private static Line line(char mark, String said, String name, int line) {
        return switch (mark) {
            case '=' -> new Line.Values(Set.copyOf(words(said)));
            case '?' -> new Line.Ignored(said);
            case '!' -> new Line.Refused(said);
            default -> throw mistake(name, line, "one of : = ? ! is due after the name of the message");
        };
    }

    /** What stands between blanks and commas. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            boolean gap = i == text.length() || text.charAt(i) == ' ' || text.charAt(i) == ','
                    || text.charAt(i) == '\t';
            if (gap) {
                if (i > start) {
                    words.add(text.substring(start, i));
                }
                start = i + 1;
            }
        }
        return words;
    }

    private static void put(Map<String, Line> table, String name, int line, String field, Line said) {
        @Nullable
        Line before = table.put(field, said);
        if (before != null) {
            throw mistake(name, line, field + " is named twice");
        }
    }

    private static IllegalArgumentException mistake(String name, int line, String what) {
        return new IllegalArgumentException(name + ":" + line + ": " + what);
    }
}
