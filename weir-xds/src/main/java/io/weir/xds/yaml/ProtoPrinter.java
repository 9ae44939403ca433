package io.weir.xds.yaml;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Kind;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import io.weir.xds.yaml.Node.Sequence;

import udpa.annotations.Sensitive;

/**
 * A message as text that {@link ProtoReader} reads back as the same message: field names in snake case, in the order of
 * their numbers; what an Any holds stands beside its {@code @type}. Immutable; any thread.
 */
public final class ProtoPrinter {
    private static final Position NOWHERE = new Position("", 1, 1);
    private static final String REDACTED = "[redacted]";

    private final MessageTypes types;
    private final boolean redacting;
    private final BiPredicate<Message, FieldDescriptor> zeros;

    private ProtoPrinter(MessageTypes types, boolean redacting, BiPredicate<Message, FieldDescriptor> zeros) {
        this.types = types;
        this.redacting = redacting;
        this.zeros = zeros;
    }

    /** Prints everything, with the types that an Any may hold. */
    public static ProtoPrinter of(MessageTypes types) {
        return new ProtoPrinter(types, false, (_, _) -> false);
    }

    /** Prints {@code [redacted]} for what Envoy's API marks as sensitive: private keys, passwords, tokens. */
    public ProtoPrinter redacting() {
        return new ProtoPrinter(types, true, zeros);
    }

    /**
     * Prints fields that cannot tell zero from nothing, and are zero, where these say so.
     *
     * @param wanted
     *            given the message that they stand in
     */
    public ProtoPrinter showing(BiPredicate<Message, FieldDescriptor> wanted) {
        return new ProtoPrinter(types, redacting, wanted);
    }

    /** As YAML in block style, ending with a line break. */
    public String yaml(Message message) {
        return TreeText.yaml(tree(message, false));
    }

    /** As JSON, indented by one space as Envoy's admin prints it; whole numbers of 64 bits are quoted (ProtoJSON). */
    public String json(Message message) {
        return TreeText.json(tree(message, true));
    }

    private Node tree(Message message, boolean json) {
        return new Printing(json).message(message, false);
    }

    /** One printing. {@code secret} says that all that follows is to be redacted. */
    private final class Printing {
        private final boolean json;

        Printing(boolean json) {
            this.json = json;
        }

        Node message(Message message, boolean secret) {
            Descriptor type = message.getDescriptorForType();
            if (!WellKnownReader.isWellKnown(type)) {
                return new Mapping(NOWHERE, fields(message, secret));
            }
            FieldDescriptor wrapped = WellKnownReader.wrappedField(type);
            if (wrapped != null) {
                return single(message.getField(wrapped), wrapped, secret);
            }
            return switch (type.getName()) {
                case "Any" -> any(message, secret);
                case "Duration" -> text(duration(number(message, 1), number(message, 2)));
                case "Timestamp" ->
                    text(java.time.Instant.ofEpochSecond(number(message, 1), number(message, 2)).toString());
                case "FieldMask" -> text(String.join(",", strings(message)));
                case "Struct" -> new Mapping(NOWHERE, entries(message, type.findFieldByNumber(1), secret));
                case "ListValue" -> list(message, type.findFieldByNumber(1), secret);
                default -> free(message, secret);
            };
        }

        private List<Entry> fields(Message message, boolean secret) {
            List<Entry> entries = new ArrayList<>();
            for (Map.Entry<FieldDescriptor, Object> set : shown(message).entrySet()) {
                FieldDescriptor field = set.getKey();
                boolean hidden = secret || (redacting && field.getOptions().getExtension(Sensitive.sensitive));
                Node value;
                if (field.isMapField()) {
                    value = new Mapping(NOWHERE, entries(message, field, hidden));
                } else if (field.isRepeated()) {
                    value = list(message, field, hidden);
                } else {
                    value = single(set.getValue(), field, hidden);
                }
                entries.add(new Entry(NOWHERE, field.getName(), value));
            }
            return entries;
        }

        private Map<FieldDescriptor, Object> shown(Message message) {
            Map<FieldDescriptor, Object> shown = new TreeMap<>(message.getAllFields());
            for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
                if (!field.hasPresence() && !field.isRepeated() && zeros.test(message, field)) {
                    shown.putIfAbsent(field, message.getField(field));
                }
            }
            return shown;
        }

        private Sequence list(Message message, FieldDescriptor field, boolean secret) {
            List<Node> items = new ArrayList<>();
            for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
                items.add(single(message.getRepeatedField(field, i), field, secret));
            }
            return new Sequence(NOWHERE, items);
        }

        private List<Entry> entries(Message message, FieldDescriptor field, boolean secret) {
            FieldDescriptor keyField = field.getMessageType().getFields().get(0);
            FieldDescriptor valueField = field.getMessageType().getFields().get(1);
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
                Message entry = (Message) message.getRepeatedField(field, i);
                entries.add(new Entry(NOWHERE, entry.getField(keyField).toString(),
                        single(entry.getField(valueField), valueField, secret)));
            }
            entries.sort(Comparator.comparing(Entry::key));
            return entries;
        }

        private Node any(Message any, boolean secret) {
            Descriptor type = any.getDescriptorForType();
            String url = (String) any.getField(type.findFieldByNumber(1));
            ByteString bytes = (ByteString) any.getField(type.findFieldByNumber(2));
            List<Entry> entries = new ArrayList<>();
            entries.add(new Entry(NOWHERE, "@type", text(url)));
            Message prototype = types.findByUrl(url);
            try {
                if (prototype != null) {
                    Message inside = DynamicMessage.parseFrom(prototype.getDescriptorForType(), bytes);
                    if (WellKnownReader.hasOwnForm(inside.getDescriptorForType())) {
                        entries.add(new Entry(NOWHERE, "value", message(inside, secret)));
                    } else {
                        entries.addAll(fields(inside, secret));
                    }
                    return new Mapping(NOWHERE, entries);
                }
            } catch (InvalidProtocolBufferException e) {
                // printed as bytes, as an unknown type is
            }
            entries.add(new Entry(NOWHERE, "value", text(base64(secret ? ByteString.copyFromUtf8(REDACTED) : bytes))));
            return new Mapping(NOWHERE, entries);
        }

        private Node free(Message value, boolean secret) {
            for (Map.Entry<FieldDescriptor, Object> set : value.getAllFields().entrySet()) {
                if (!set.getKey().getName().equals("null_value")) {
                    return single(set.getValue(), set.getKey(), secret);
                }
            }
            return new Scalar(NOWHERE, "null", Kind.NULL);
        }

        private Node single(Object value, FieldDescriptor field, boolean secret) {
            return switch (field.getJavaType()) {
                case MESSAGE -> message((Message) value, secret);
                case STRING -> text(secret ? REDACTED : (String) value);
                case BYTE_STRING -> text(base64(secret ? ByteString.copyFromUtf8(REDACTED) : (ByteString) value));
                case BOOLEAN -> new Scalar(NOWHERE, value.toString(), Kind.BOOLEAN);
                case ENUM -> constant((EnumValueDescriptor) value);
                case INT -> new Scalar(NOWHERE, unsigned(field)
                        ? Integer.toUnsignedString((Integer) value)
                        : value.toString(), Kind.INTEGER);
                case LONG -> new Scalar(NOWHERE, unsigned(field)
                        ? Long.toUnsignedString((Long) value)
                        : value.toString(), json ? Kind.TEXT : Kind.INTEGER);
                case FLOAT, DOUBLE -> decimal(((Number) value).doubleValue(), value.toString());
            };
        }
    }

    private static Node constant(EnumValueDescriptor value) {
        return value.getType().findValueByNumber(value.getNumber()) == null
                ? new Scalar(NOWHERE, Integer.toString(value.getNumber()), Kind.INTEGER)
                : text(value.getName());
    }

    private static Node decimal(double value, String written) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return text(written);
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return new Scalar(NOWHERE, Long.toString((long) value), Kind.INTEGER);
        }
        return new Scalar(NOWHERE, written, Kind.FLOAT);
    }

    private static boolean unsigned(FieldDescriptor field) {
        return switch (field.getType()) {
            case UINT32, UINT64, FIXED32, FIXED64 -> true;
            case INT32, SINT32, SFIXED32, INT64, SINT64, SFIXED64, DOUBLE, FLOAT, BOOL, STRING, BYTES, ENUM, MESSAGE,
                    GROUP ->
                false;
        };
    }

    private static Scalar text(String text) {
        return new Scalar(NOWHERE, text, Kind.TEXT);
    }

    private static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static long number(Message message, int number) {
        return ((Number) message.getField(message.getDescriptorForType().findFieldByNumber(number))).longValue();
    }

    private static List<String> strings(Message message) {
        List<String> strings = new ArrayList<>();
        FieldDescriptor field = message.getDescriptorForType().findFieldByNumber(1);
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
            strings.add((String) message.getRepeatedField(field, i));
        }
        return strings;
    }

    /** A duration as protobuf's JSON writes it. */
    static String duration(long seconds, long nanos) {
        StringBuilder text = new StringBuilder(seconds < 0 || nanos < 0 ? "-" : "");
        text.append(Math.abs(seconds));
        if (nanos != 0) {
            String digits = Long.toString(1_000_000_000L + Math.abs(nanos)).substring(1);
            int end = digits.length();
            while (digits.charAt(end - 1) == '0') {
                end--;
            }
            text.append('.').append(digits, 0, end);
        }
        return text.append('s').toString();
    }
}
