package io.weir.testkit.sim.file;

import io.weir.xds.resource.Nearest;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import io.weir.xds.yaml.Node.Sequence;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of a scenario while it is read. Reading goes on behind a problem with the value that stands for "not written",
 * so that all problems are told at once.
 *
 * @param path
 *            where, in the words of the file: {@code hosts[0].service}
 * @param problems
 *            where problems go
 */
record Form(Node node, String path, List<Problem> problems) {
    private static final Pattern LENGTH = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ns|us|ms|s|m|h)");
    private static final String LENGTH_CURE = "write a number with ns, us, ms, s, m or h, such as 500us or 1.5s";

    void problem(String message, String cure) {
        problems.add(Problem.error(node.at(), path, shown(), message, cure));
    }

    private String shown() {
        return switch (node) {
            case Scalar scalar -> scalar.text();
            case Sequence _ -> "a list";
            case Mapping _ -> "a mapping";
        };
    }

    /** Tells a problem where this is no mapping, and one for each key that is not among these. */
    Form mapping(String what, List<String> keys) {
        String all = "its keys: " + String.join(", ", keys);
        if (!(node instanceof Mapping mapping)) {
            problem(what + " is a mapping", all);
            return this;
        }
        for (Entry entry : mapping.entries()) {
            if (!keys.contains(entry.key())) {
                problems.add(Problem.error(entry.at(), join(entry.key()), "", what + " has no such key",
                        Nearest.cure(entry.key(), keys, all)));
            }
        }
        return this;
    }

    /** The one key among these that a mapping must have; null after a problem. */
    @Nullable
    String oneOf(String what, List<String> keys) {
        String found = null;
        for (String key : keys) {
            if (part(key) == null) {
                continue;
            }
            if (found != null) {
                problem(what + " is one thing, and here are " + found + " and " + key, "keep one of them");
                return null;
            }
            found = key;
        }
        if (found == null) {
            problem(what + " is missing", "write one of " + String.join(", ", keys));
        }
        return found;
    }

    /** The value under a key; null when it was not written or says nothing. */
    @Nullable
    Form part(String key) {
        Node value = node instanceof Mapping mapping ? mapping.find(key) : null;
        return value == null || (value instanceof Scalar scalar && scalar.isNull())
                ? null
                : new Form(value, join(key), problems);
    }

    /** The value under a key that must be there; null after a problem. */
    @Nullable
    Form needed(String key, String cure) {
        Form part = part(key);
        if (part == null) {
            problems.add(Problem.error(node.at(), join(key), "", key + " is missing", cure));
        }
        return part;
    }

    /** The items of the list under a key; none when it was not written; a single value is a list of one. */
    List<Form> items(String key) {
        Form part = part(key);
        return part == null ? List.of() : part.items();
    }

    List<Form> items() {
        if (!(node instanceof Sequence sequence)) {
            return List.of(this);
        }
        List<Form> items = new ArrayList<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            items.add(new Form(sequence.items().get(i), path + "[" + i + "]", problems));
        }
        return items;
    }

    /** The keys of a mapping; none for what is no mapping. */
    List<String> keys() {
        return node instanceof Mapping mapping ? mapping.entries().stream().map(Entry::key).toList() : List.of();
    }

    boolean single() {
        return node instanceof Scalar;
    }

    /** The text of a single value; empty after a problem. */
    String text() {
        if (node instanceof Scalar scalar && !scalar.isNull()) {
            return scalar.text();
        }
        problem("a single value is due here", "write one value, not a list or a mapping");
        return "";
    }

    String text(String key, String otherwise) {
        Form part = part(key);
        return part == null ? otherwise : part.text();
    }

    boolean yes(String key) {
        Form part = part(key);
        if (part == null) {
            return false;
        }
        switch (part.text()) {
            case "true" -> {
                return true;
            }
            case "false" -> {
                return false;
            }
            default -> part.problem("this is neither true nor false", "write true or false");
        }
        return false;
    }

    /** A length of time of at least {@code least}, in nanoseconds; {@code otherwise} when there is none. */
    long nanos(String key, long least, long otherwise) {
        Form part = part(key);
        return part == null ? otherwise : part.nanos(least, otherwise);
    }

    long nanos(long least, long otherwise) {
        String text = text();
        if (text.equals("0")) {
            text = "0s";
        }
        Matcher length = LENGTH.matcher(text);
        if (!length.matches()) {
            if (!text.isEmpty()) {
                problem("this is no length of time", LENGTH_CURE);
            }
            return otherwise;
        }
        BigDecimal unit = new BigDecimal(switch (length.group(2)) {
            case "ns" -> 1L;
            case "us" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        });
        BigDecimal nanos = new BigDecimal(length.group(1)).multiply(unit);
        if (nanos.compareTo(BigDecimal.valueOf(least)) < 0 || nanos.compareTo(BigDecimal.valueOf(1L << 62)) > 0) {
            problem(least > 0 ? "this is too short" : "this is out of range", LENGTH_CURE);
            return otherwise;
        }
        return nanos.setScale(0, RoundingMode.HALF_UP).longValueExact();
    }

    /** A whole number in a range. */
    int whole(String key, int least, int most, int otherwise) {
        Form part = part(key);
        return part == null ? otherwise : (int) part.number(least, most, otherwise, true);
    }

    /** A number in a range; {@code 30%} is 0.3. */
    double number(String key, double least, double most, double otherwise) {
        Form part = part(key);
        return part == null ? otherwise : part.number(least, most, otherwise, false);
    }

    double number(double least, double most, double otherwise, boolean whole) {
        String text = text();
        if (text.isEmpty()) {
            return otherwise;
        }
        String range = "write a " + (whole ? "whole number" : "number") + " from " + plain(least) + " to "
                + plain(most);
        try {
            boolean percent = text.endsWith("%") && !whole;
            double number = Double.parseDouble(percent ? text.substring(0, text.length() - 1) : text);
            number = percent ? number / 100 : number;
            if (!(number >= least && number <= most) || (whole && number != Math.rint(number))) {
                problem("this is out of range", range);
                return otherwise;
            }
            return number;
        } catch (NumberFormatException e) {
            problem("this is no number", range);
            return otherwise;
        }
    }

    private static String plain(double number) {
        return new BigDecimal(number).round(new java.math.MathContext(9)).stripTrailingZeros().toPlainString();
    }

    private String join(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
