package io.weir.xds.yaml;

import org.jspecify.annotations.Nullable;

import io.weir.xds.yaml.Node.Kind;

/**
 * What a scalar looks like: YAML 1.2 section 10.3.2 (core schema), and Envoy's words for booleans. By hand: a parser of
 * configuration meets every scalar here, before anything is warm.
 */
final class Scalars {
    private static final String TAGS = "tag:yaml.org,2002:";

    private Scalars() {}

    /** Whether a tag is one of YAML's own, or none at all. */
    static boolean isTag(String tag) {
        return tag.equals("!") || (tag.startsWith(TAGS) && switch (tag.substring(TAGS.length())) {
            case "null", "bool", "int", "float", "str", "binary", "seq", "map", "merge" -> true;
            default -> false;
        });
    }

    static Kind kind(String text, boolean plain, @Nullable String tag) {
        if (tag != null) {
            return switch (tag) {
                case TAGS + "null" -> Kind.NULL;
                case TAGS + "bool" -> isBoolean(text) ? Kind.BOOLEAN : Kind.TEXT;
                case TAGS + "int" -> isInteger(text) ? Kind.INTEGER : Kind.TEXT;
                case TAGS + "float" -> isInteger(text) || isFloat(text) ? Kind.FLOAT : Kind.TEXT;
                default -> Kind.TEXT;
            };
        }
        return plain ? plain(text) : Kind.TEXT;
    }

    private static Kind plain(String text) {
        if (text.isEmpty()) {
            return Kind.NULL;
        }
        char first = text.charAt(0);
        if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') {
            return isInteger(text) ? Kind.INTEGER : isFloat(text) ? Kind.FLOAT : Kind.TEXT;
        }
        if (text.length() > 5) {
            return Kind.TEXT;
        }
        return switch (text) {
            case "~", "null", "Null", "NULL" -> Kind.NULL;
            default -> isBoolean(text) ? Kind.BOOLEAN : Kind.TEXT;
        };
    }

    /** The words that Envoy's YAML library reads as a boolean: all lower, all upper, or first letter upper. */
    static boolean isBoolean(String text) {
        return isTrue(text) || switch (text) {
            case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N" -> true;
            default -> false;
        };
    }

    /** Whether a boolean word says yes. */
    static boolean isTrue(String text) {
        return switch (text) {
            case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y" -> true;
            default -> false;
        };
    }

    private static boolean isInteger(String text) {
        if (text.startsWith("0x")) {
            return digits(text, 2, 16) == text.length() && text.length() > 2;
        }
        if (text.startsWith("0o")) {
            return digits(text, 2, 8) == text.length() && text.length() > 2;
        }
        int from = sign(text);
        return text.length() > from && digits(text, from, 10) == text.length();
    }

    private static boolean isFloat(String text) {
        int from = sign(text);
        String rest = text.substring(from);
        if (rest.equals(".inf") || rest.equals(".Inf") || rest.equals(".INF")) {
            return true;
        }
        if (text.equals(".nan") || text.equals(".NaN") || text.equals(".NAN")) {
            return true;
        }
        int whole = digits(text, from, 10);
        int end = whole;
        if (end < text.length() && text.charAt(end) == '.') {
            end = digits(text, end + 1, 10);
            if (whole == from && end == whole + 1) {
                return false;
            }
        } else if (whole == from) {
            return false;
        }
        if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
            int exponent = end + 1;
            if (exponent < text.length() && (text.charAt(exponent) == '-' || text.charAt(exponent) == '+')) {
                exponent++;
            }
            end = digits(text, exponent, 10);
            return end > exponent && end == text.length();
        }
        return end == text.length();
    }

    private static int sign(String text) {
        return !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    }

    /** The index of the first character from {@code from} that is not an ASCII digit of this radix. */
    static int digits(String text, int from, int radix) {
        int i = from;
        while (i < text.length() && text.charAt(i) < 128 && Character.digit(text.charAt(i), radix) >= 0) {
            i++;
        }
        return i;
    }
}
