package io.weir.xds.yaml;

import java.util.List;

import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Kind;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import io.weir.xds.yaml.Node.Sequence;

/** A tree as text: YAML in block style, or JSON. What it writes, {@link ConfigText} reads as the same tree. */
public final class TreeText {
    private static final String PLAIN_MARKS = "_./@+-:,=()%[]{}*&!|>'#\" ";

    private final StringBuilder out = new StringBuilder(1024);

    private TreeText() {}

    /** YAML, ending with a line break. */
    public static String yaml(Node node) {
        TreeText text = new TreeText();
        if (isInline(node)) {
            text.inline(node);
            text.out.append('\n');
        } else {
            text.block(node, 0, false);
        }
        return text.out.toString();
    }

    /** JSON, indented by one space for each level, ending with a line break. */
    public static String json(Node node) {
        TreeText text = new TreeText();
        text.json(node, 0);
        return text.out.append('\n').toString();
    }

    private static boolean isInline(Node node) {
        return switch (node) {
            case Scalar scalar -> true;
            case Sequence list -> list.items().isEmpty();
            case Mapping mapping -> mapping.entries().isEmpty();
        };
    }

    private void inline(Node node) {
        switch (node) {
            case Scalar scalar -> out.append(scalar.kind() == Kind.TEXT ? scalarText(scalar.text()) : scalar.text());
            case Sequence list -> out.append("[]");
            case Mapping mapping -> out.append("{}");
        }
    }

    /** {@code begun}: the first line's indentation stands already, after the dash of a list. */
    private void block(Node node, int depth, boolean begun) {
        boolean first = begun;
        switch (node) {
            case Mapping mapping -> {
                for (Entry entry : mapping.entries()) {
                    indent(first ? 0 : depth);
                    first = false;
                    out.append(scalarText(entry.key())).append(':');
                    boolean list = entry.value() instanceof Sequence;
                    value(entry.value(), list ? depth : depth + 1);
                }
            }
            case Sequence list -> {
                for (Node item : list.items()) {
                    indent(first ? 0 : depth);
                    first = false;
                    out.append('-');
                    if (isInline(item)) {
                        value(item, depth);
                    } else {
                        out.append(' ');
                        block(item, depth + 1, true);
                    }
                }
            }
            case Scalar scalar -> value(scalar, depth);
        }
    }

    private void value(Node value, int depth) {
        if (isInline(value)) {
            out.append(' ');
            inline(value);
            out.append('\n');
        } else {
            out.append('\n');
            block(value, depth, false);
        }
    }

    private void indent(int depth) {
        out.repeat("  ", depth);
    }

    /** Plain where that reads back as the same text, and in double quotes elsewhere. */
    private static String scalarText(String text) {
        return isPlain(text) ? text : quoted(text);
    }

    private static boolean isPlain(String text) {
        if (text.isEmpty() || Scalars.kind(text, true, null) != Kind.TEXT) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (letter) {
                continue;
            }
            boolean edge = i == 0 || i == text.length() - 1;
            if (edge ? c != '/' && c != '_' && c != '.' : !isInnerMark(text, i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isInnerMark(String text, int i) {
        char c = text.charAt(i);
        return switch (c) {
            case ':' -> text.charAt(i + 1) != ' ';
            case '#' -> text.charAt(i - 1) != ' ';
            default -> PLAIN_MARKS.indexOf(c) >= 0;
        };
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < ' ' || (c >= 0x7F && c <= 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF
                            || c >= 0xFFFE) {
                        quoted.append("\\u").append(Integer.toHexString(0x10000 | c), 1, 5);
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    private void json(Node node, int depth) {
        switch (node) {
            case Scalar scalar -> out.append(scalar.kind() == Kind.TEXT ? quoted(scalar.text()) : jsonText(scalar));
            case Sequence list -> {
                List<Node> items = list.items();
                out.append('[');
                for (int i = 0; i < items.size(); i++) {
                    line(i, depth + 1);
                    json(items.get(i), depth + 1);
                }
                close(items.isEmpty(), depth, ']');
            }
            case Mapping mapping -> {
                List<Entry> entries = mapping.entries();
                out.append('{');
                for (int i = 0; i < entries.size(); i++) {
                    line(i, depth + 1);
                    out.append(quoted(entries.get(i).key())).append(": ");
                    json(entries.get(i).value(), depth + 1);
                }
                close(entries.isEmpty(), depth, '}');
            }
        }
    }

    /** Words and numbers of YAML that JSON does not have, in JSON's form. */
    private static String jsonText(Scalar scalar) {
        return switch (scalar.kind()) {
            case BOOLEAN -> Boolean.toString(Scalars.isTrue(scalar.text()));
            case NULL -> "null";
            case TEXT -> quoted(scalar.text());
            case INTEGER -> {
                Long whole = Numbers.whole(scalar);
                yield whole == null ? scalar.text() : whole.toString();
            }
            case FLOAT -> {
                Double number = Numbers.decimal(scalar);
                yield number == null || number.isNaN() || number.isInfinite()
                        ? quoted(scalar.text())
                        : number.toString();
            }
        };
    }

    private void line(int index, int depth) {
        out.append(index == 0 ? "\n" : ",\n").repeat(" ", depth);
    }

    private void close(boolean empty, int depth, char bracket) {
        if (!empty) {
            out.append('\n').repeat(" ", depth);
        }
        out.append(bracket);
    }
}
