package io.weir.xds.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.FieldRules;

import org.jspecify.annotations.Nullable;

/**
 * What a number may be. The rules of all twelve kinds of numbers have the same fields under the same numbers (1 const,
 * 2 lt, 3 lte, 4 gt, 5 gte, 6 in, 7 not_in, 8 ignore_empty); each kind is compared as {@link Quantity} says.
 *
 * @param unsigned
 *            whether the highest bit is not a sign
 */
record NumberRange(Limits limits, List<Quantity> in, List<Quantity> notIn, boolean emptyIgnored,
        boolean unsigned) {
    private static final Map<FieldRules, NumberRange> KNOWN = new ConcurrentHashMap<>();
    private static final int KNOWN_MAX = 4096;

    static NumberRange of(FieldRules rules) {
        NumberRange range = KNOWN.get(rules);
        if (range == null) {
            range = read(rules);
            if (KNOWN.size() < KNOWN_MAX) {
                KNOWN.put(rules, range);
            }
        }
        return range;
    }

    private static NumberRange read(FieldRules rules) {
        Message kind = switch (rules.getTypeCase()) {
            case FLOAT -> rules.getFloat();
            case DOUBLE -> rules.getDouble();
            case INT32 -> rules.getInt32();
            case INT64 -> rules.getInt64();
            case UINT32 -> rules.getUint32();
            case UINT64 -> rules.getUint64();
            case SINT32 -> rules.getSint32();
            case SINT64 -> rules.getSint64();
            case FIXED32 -> rules.getFixed32();
            case FIXED64 -> rules.getFixed64();
            case SFIXED32 -> rules.getSfixed32();
            case SFIXED64 -> rules.getSfixed64();
            case BOOL, STRING, BYTES, ENUM, REPEATED, MAP, ANY, DURATION, TIMESTAMP, TYPE_NOT_SET ->
                throw new IllegalArgumentException("no rules about a number: " + rules.getTypeCase());
        };
        DynamicMessage view;
        try {
            view = DynamicMessage.parseFrom(kind.getDescriptorForType(), kind.toByteString());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
        boolean unsigned = switch (rules.getTypeCase()) {
            case UINT32, UINT64, FIXED32, FIXED64 -> true;
            default -> false;
        };
        Limits limits = new Limits(one(view, 1, unsigned), one(view, 2, unsigned), one(view, 3, unsigned),
                one(view, 4, unsigned), one(view, 5, unsigned));
        return new NumberRange(limits, all(view, 6, unsigned), all(view, 7, unsigned),
                Boolean.TRUE.equals(view.getField(view.getDescriptorForType().findFieldByNumber(8))), unsigned);
    }

    private static @Nullable Quantity one(DynamicMessage rules, int number, boolean unsigned) {
        FieldDescriptor field = rules.getDescriptorForType().findFieldByNumber(number);
        return rules.hasField(field) ? Quantity.of(rules.getField(field), unsigned) : null;
    }

    private static List<Quantity> all(DynamicMessage rules, int number, boolean unsigned) {
        FieldDescriptor field = rules.getDescriptorForType().findFieldByNumber(number);
        List<Quantity> values = new ArrayList<>();
        for (int i = 0; i < rules.getRepeatedFieldCount(field); i++) {
            Quantity value = Quantity.of(rules.getRepeatedField(field, i), unsigned);
            if (value != null) {
                values.add(value);
            }
        }
        return List.copyOf(values);
    }

    /** What is wrong with this value, or null. */
    @Nullable
    String fault(Object value) {
        Quantity number = Quantity.of(value, unsigned);
        if (emptyIgnored && number != null && number.isZero()) {
            return null;
        }
        if (number == null) {
            return limits.any() || !in.isEmpty() ? "not a number" : null;
        }
        if (!limits.allow(number)) {
            return "out of range";
        }
        return contains(notIn, number) || (!in.isEmpty() && !contains(in, number))
                ? "this number is not allowed"
                : null;
    }

    private static boolean contains(List<Quantity> numbers, Quantity number) {
        for (Quantity each : numbers) {
            if (each.compareTo(number) == 0) {
                return true;
            }
        }
        return false;
    }

    String cure() {
        if (limits.any()) {
            return "write a number of " + limits.words("");
        }
        return in.isEmpty() ? "write a number other than " + words(notIn) : "write one of: " + words(in);
    }

    private static String words(List<Quantity> numbers) {
        StringBuilder words = new StringBuilder();
        for (Quantity number : numbers) {
            words.append(words.isEmpty() ? "" : ", ").append(number.text());
        }
        return words.toString();
    }
}
