package io.weir.xds.check;

import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.AnyRules;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.BoolRules;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.BytesRules;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.EnumRules;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.FieldRules;

import org.jspecify.annotations.Nullable;

/** The rules about one value: a scalar, or a message of protobuf's own that stands for one. */
final class ValueRules {
    private final Report report;

    ValueRules(Report report) {
        this.report = report;
    }

    /** Whether the rules ask for the field to be set. */
    static boolean isRequired(FieldRules rules) {
        return rules.getMessage().getRequired() || rules.getAny().getRequired() || rules.getDuration().getRequired()
                || rules.getTimestamp().getRequired();
    }

    /** A scalar. {@code set} says whether it was written, for a better message. */
    void check(FieldDescriptor field, FieldRules rules, Object value, boolean set) {
        switch (rules.getTypeCase()) {
            case FLOAT, DOUBLE, INT32, INT64, UINT32, UINT64, SINT32, SINT64, FIXED32, FIXED64, SFIXED32, SFIXED64 ->
                number(rules, value);
            case BOOL -> bool(rules.getBool(), value);
            case STRING -> {
                if (!set && ((String) value).isEmpty() && !rules.getString().getIgnoreEmpty()
                        && TextRules.fault(rules.getString(), "") != null) {
                    report.error("", "this is required", "add " + field.getName());
                } else {
                    text(TextRules.fault(rules.getString(), (String) value), (String) value);
                }
            }
            case BYTES -> bytes(rules.getBytes(), (ByteString) value);
            case ENUM -> enumValue(rules.getEnum(), (EnumValueDescriptor) value);
            case REPEATED, MAP, ANY, DURATION, TIMESTAMP, TYPE_NOT_SET -> {
            }
        }
    }

    /** A message of google.protobuf that is set: a wrapper, a duration, a timestamp, an Any. */
    void wellKnown(Message value, FieldDescriptor field, FieldRules rules) {
        Descriptor type = value.getDescriptorForType();
        switch (rules.getTypeCase()) {
            case DURATION -> range(DurationRange.of(rules.getDuration()), DurationRange.duration(value));
            case TIMESTAMP -> range(DurationRange.of(rules.getTimestamp(), System.currentTimeMillis()),
                    DurationRange.duration(value));
            case ANY -> any(rules.getAny(), value);
            case REPEATED, MAP, TYPE_NOT_SET -> {
            }
            case FLOAT, DOUBLE, INT32, INT64, UINT32, UINT64, SINT32, SINT64, FIXED32, FIXED64, SFIXED32, SFIXED64,
                    BOOL,
                    STRING, BYTES, ENUM -> {
                FieldDescriptor wrapped = type.findFieldByNumber(1);
                if (type.getFullName().endsWith("Value") && wrapped != null && !wrapped.isRepeated()) {
                    check(field, rules, value.getField(wrapped), true);
                }
            }
        }
    }

    void count(int count, String noun, long min, long max) {
        String items = min == 1 || max == 1 ? noun.equals("items") ? "item" : "entry" : noun;
        if (count < min) {
            report.error(count + " " + noun,
                    "at least " + min + " " + items + (min == 1 ? " is" : " are") + " required",
                    "add " + (min - count) + (count == 0 ? "" : " more"));
        } else if (count > max) {
            report.error(count + " " + noun, "at most " + max + " " + items + (max == 1 ? " is" : " are") + " allowed",
                    "remove " + (count - max));
        }
    }

    private void text(TextRules.@Nullable Fault fault, String value) {
        if (fault != null) {
            report.error(value, fault.message(), fault.cure());
        }
    }

    private void number(FieldRules rules, Object value) {
        NumberRange range = NumberRange.of(rules);
        String fault = range.fault(value);
        if (fault != null) {
            report.error(shown(value), fault, range.cure());
        }
    }

    private void range(DurationRange range, Quantity.Seconds seconds) {
        String fault = range.fault(seconds);
        if (fault != null) {
            report.error(DurationRange.text(seconds), fault, range.cure());
        }
    }

    private void bool(BoolRules rules, Object value) {
        if (rules.hasConst() && !value.equals(rules.getConst())) {
            report.error(value.toString(), "only " + rules.getConst() + " is allowed", "write " + rules.getConst());
        }
    }

    private void bytes(BytesRules rules, ByteString value) {
        if (rules.getIgnoreEmpty() && value.isEmpty()) {
            return;
        }
        long min = rules.hasLen() ? rules.getLen() : rules.hasMinLen() ? rules.getMinLen() : 0;
        long max = rules.hasLen() ? rules.getLen() : rules.hasMaxLen() ? rules.getMaxLen() : Long.MAX_VALUE;
        String size = value.size() + " bytes";
        if (value.size() < min) {
            report.error(size, "at least " + min + " bytes are required", "");
        }
        if (value.size() > max) {
            report.error(size, "at most " + max + " bytes are allowed", "");
        }
        if (rules.hasConst() && !value.equals(rules.getConst())) {
            report.error(size, "not the only value that is allowed", "");
        }
        if ((rules.hasPrefix() && !value.startsWith(rules.getPrefix()))
                || (rules.hasSuffix() && !value.endsWith(rules.getSuffix()))) {
            report.error(size, "these bytes do not begin or end as they must", "");
        }
        if ((rules.getInCount() > 0 && !rules.getInList().contains(value)) || rules.getNotInList().contains(value)) {
            report.error(size, "not among the values that are allowed", "");
        }
        boolean four = value.size() == 4;
        boolean sixteen = value.size() == 16;
        if ((rules.getIp() && !four && !sixteen) || (rules.getIpv4() && !four) || (rules.getIpv6() && !sixteen)) {
            report.error(size, "not the bytes of an IP address", "write 4 bytes for IPv4, 16 for IPv6");
        }
    }

    private void enumValue(EnumRules rules, EnumValueDescriptor value) {
        int number = value.getNumber();
        boolean defined = value.getType().findValueByNumber(number) != null;
        boolean wrong = (rules.hasConst() && number != rules.getConst()) || (rules.getDefinedOnly() && !defined)
                || (rules.getInCount() > 0 && !rules.getInList().contains(number))
                || rules.getNotInList().contains(number);
        if (wrong) {
            List<String> names = new ArrayList<>();
            for (EnumValueDescriptor each : value.getType().getValues()) {
                boolean allowed = (!rules.hasConst() || each.getNumber() == rules.getConst())
                        && (rules.getInCount() == 0 || rules.getInList().contains(each.getNumber()))
                        && !rules.getNotInList().contains(each.getNumber()) && !each.getOptions().getDeprecated();
                if (allowed) {
                    names.add(each.getName());
                }
            }
            report.error(defined ? value.getName() : Integer.toString(number), "this value is not allowed here",
                    "write one of: " + String.join(", ", names));
        }
    }

    private void any(AnyRules rules, Message value) {
        String url = "type.googleapis.com/" + Views.typeName(value);
        if ((rules.getInCount() > 0 && !rules.getInList().contains(url)) || rules.getNotInList().contains(url)) {
            report.error(url, "this type is not allowed here",
                    rules.getInCount() == 0 ? "" : "use one of: " + String.join(", ", rules.getInList()));
        }
    }

    static String shown(Object value) {
        return switch (value) {
            case Message message when isDuration(message) -> DurationRange.text(DurationRange.duration(message));
            case Message message -> "";
            case EnumValueDescriptor constant -> constant.getName();
            case ByteString bytes -> bytes.size() + " bytes";
            default -> value.toString();
        };
    }

    private static boolean isDuration(Message message) {
        return message.getDescriptorForType().getFullName().equals("google.protobuf.Duration");
    }
}
