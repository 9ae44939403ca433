package io.weir.xds.yaml;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;

import org.jspecify.annotations.Nullable;

import io.weir.xds.resource.Nearest;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Kind;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import io.weir.xds.yaml.Node.Sequence;

/** Reads one value for a field that is not a message. The field decides what a scalar is. */
final class ScalarReader {
    private static final int ENUM_VALUES_LISTED_MAX = 20;

    private final Trail trail;

    ScalarReader(Trail trail) {
        this.trail = trail;
    }

    /** The value as protobuf's reflection wants it; null after a problem. */
    @Nullable
    Object value(Node node, FieldDescriptor field) {
        if (!(node instanceof Scalar scalar)) {
            trail.error(node.at(), "", noun(field) + " is due here, not " + shown(node), "write one value");
            return null;
        }
        return switch (field.getType()) {
            case STRING -> text(scalar);
            case BOOL -> bool(scalar);
            case BYTES -> bytes(scalar);
            case ENUM -> enumValue(scalar, field.getEnumType());
            case DOUBLE -> decimal(scalar, Double.MAX_VALUE);
            case FLOAT -> single(scalar);
            case INT32, SINT32, SFIXED32 -> narrow(integer(scalar, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case UINT32, FIXED32 -> narrow(integer(scalar, 0, 0xFFFF_FFFFL));
            case INT64, SINT64, SFIXED64 -> integer(scalar, Long.MIN_VALUE, Long.MAX_VALUE);
            case UINT64, FIXED64 -> unsigned(scalar);
            case MESSAGE, GROUP -> throw new IllegalStateException(field.getFullName() + " is a message");
        };
    }

    /** The key of a map entry: always text in the tree. */
    @Nullable
    Object key(Entry entry, FieldDescriptor field) {
        if (field.getType() == FieldDescriptor.Type.STRING) {
            return entry.key();
        }
        return value(new Scalar(entry.at(), entry.key(), Scalars.kind(entry.key(), true, null)), field);
    }

    private @Nullable Object text(Scalar scalar) {
        String text = scalar.text();
        boolean number = scalar.kind() == Kind.INTEGER && fitsInt(text);
        if (number || scalar.kind() == Kind.BOOLEAN) {
            trail.error(scalar.at(), text,
                    "a text is due here, and without quotes this is " + (number ? "a number" : "true or false"),
                    "write \"" + text + "\" in quotes");
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (Character.isHighSurrogate(text.charAt(i)) && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    trail.error(scalar.at(), "", "half a character (a lone surrogate) cannot be written as UTF-8",
                            "write both halves of the escape, or the character itself");
                    return null;
                }
            }
        }
        return text;
    }

    /** Envoy's loader hands whole numbers beyond 32 bits on as text, so that they may stand for a text. */
    private static boolean fitsInt(String text) {
        try {
            Integer.parseInt(text);
            return true;
        } catch (NumberFormatException e) {
            return text.length() <= 10 && (text.startsWith("0x") || text.startsWith("0o"));
        }
    }

    private @Nullable Object bool(Scalar scalar) {
        if (scalar.kind() == Kind.BOOLEAN) {
            return Scalars.isTrue(scalar.text());
        }
        boolean quoted = scalar.kind() == Kind.TEXT && Scalars.isBoolean(scalar.text());
        trail.error(scalar.at(), scalar.text(), "true or false is due here",
                quoted ? "remove the quotes" : "write true or false");
        return null;
    }

    private @Nullable Object bytes(Scalar scalar) {
        String text = scalar.text().replace('-', '+').replace('_', '/');
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            trail.error(scalar.at(), scalar.text(), "bytes are written as base64, which this is not: " + e.getMessage(),
                    "encode them with base64, or write an inline_string where the message has one");
            return null;
        }
    }

    private @Nullable Object enumValue(Scalar scalar, EnumDescriptor type) {
        String text = scalar.text();
        EnumValueDescriptor value = type.findValueByName(text);
        if (value == null) {
            String plain = text.replace('-', '_');
            for (EnumValueDescriptor each : type.getValues()) {
                if (each.getName().equalsIgnoreCase(plain)) {
                    value = each;
                    break;
                }
            }
        }
        if (value == null && scalar.kind() == Kind.INTEGER) {
            Long number = integer(scalar, Integer.MIN_VALUE, Integer.MAX_VALUE);
            return number == null ? null : type.findValueByNumberCreatingIfUnknown(number.intValue());
        }
        if (value == null) {
            List<String> names = new ArrayList<>();
            for (EnumValueDescriptor each : type.getValues()) {
                names.add(each.getName());
            }
            String all = names.size() <= ENUM_VALUES_LISTED_MAX ? "write one of: " + String.join(", ", names) : "";
            String nearest = Nearest.name(text, names);
            trail.error(scalar.at(), text, "not a value of " + type.getName(),
                    nearest == null ? all : "did you mean " + nearest + "?" + (all.isEmpty() ? "" : " (" + all + ")"));
            return null;
        }
        if (value.getOptions().getDeprecated()) {
            trail.warning(scalar.at(), text, "this value is deprecated in Envoy's API", "");
        }
        return value;
    }

    private static @Nullable Integer narrow(@Nullable Long value) {
        return value == null ? null : value.intValue();
    }

    private @Nullable Long integer(Scalar scalar, long min, long max) {
        Long value = Numbers.whole(scalar);
        if (value != null && value >= min && value <= max) {
            octal(scalar, value);
            return value;
        }
        notInteger(scalar, min, Long.toString(max));
        return null;
    }

    private @Nullable Long unsigned(Scalar scalar) {
        Long value = Numbers.whole(scalar);
        if (value != null && value >= 0) {
            octal(scalar, value);
            return value;
        }
        try {
            if (value == null && scalar.kind() != Kind.BOOLEAN) {
                return Long.parseUnsignedLong(scalar.text());
            }
        } catch (NumberFormatException e) {
            // reported below, together with what is too small
        }
        notInteger(scalar, 0, "18446744073709551615");
        return null;
    }

    private void octal(Scalar scalar, long value) {
        if (Numbers.isOldOctal(scalar) && value > 7) {
            trail.warning(scalar.at(), scalar.text(), "a number that begins with 0 is read in base 8, as Envoy does: "
                    + value, "write 0o" + scalar.text().substring(1) + " or " + value);
        }
    }

    private void notInteger(Scalar scalar, long min, String max) {
        String range = "write a whole number from " + min + " to " + max;
        boolean number = scalar.kind() == Kind.INTEGER || scalar.kind() == Kind.FLOAT;
        trail.error(scalar.at(), scalar.text(), !number
                ? "a whole number is due here"
                : Numbers.isWholeText(scalar) ? "this number is out of range" : "a whole number is due here", range);
    }

    private @Nullable Double decimal(Scalar scalar, double max) {
        Double value = Numbers.decimal(scalar);
        if (value == null) {
            trail.error(scalar.at(), scalar.text(), "a number is due here", "write a number such as 1.5");
            return null;
        }
        if (value.isNaN() || (value.isInfinite() && Numbers.isInfinityWord(scalar))) {
            trail.error(scalar.at(), scalar.text(), "no number of a configuration may be infinite or undefined",
                    "write a number such as 1.5");
            return null;
        }
        boolean beyond = Math.abs(value) > max;
        if (beyond) {
            trail.error(scalar.at(), scalar.text(), "this number is out of range", "write a smaller number");
            return null;
        }
        return value;
    }

    private @Nullable Float single(Scalar scalar) {
        Double value = decimal(scalar, Float.MAX_VALUE);
        return value == null ? null : value.floatValue();
    }

    private static String noun(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT, LONG -> "a whole number";
            case FLOAT, DOUBLE -> "a number";
            case BOOLEAN -> "true or false";
            case STRING -> "a text";
            case BYTE_STRING -> "base64";
            case ENUM -> "a value of " + field.getEnumType().getName().toLowerCase(Locale.ROOT);
            case MESSAGE -> "a mapping";
        };
    }

    /** A node in a few words, for the value of a problem. */
    static String shown(Node node) {
        return switch (node) {
            case Scalar scalar -> scalar.text();
            case Sequence list -> "a list";
            case Mapping mapping -> "a mapping";
        };
    }
}
