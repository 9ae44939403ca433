package io.weir.xds.yaml;

import java.time.DateTimeException;
import java.time.OffsetDateTime;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;

import org.jspecify.annotations.Nullable;

import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import io.weir.xds.yaml.Node.Sequence;

/** The messages that protobuf's JSON writes in a form of their own. */
final class WellKnownReader {
    private static final String PACKAGE = "google.protobuf.";
    private static final int NANOS_MAX = 999_999_999;

    private final Trail trail;

    WellKnownReader(Trail trail) {
        this.trail = trail;
    }

    /** Whether this message is not written as the mapping of its fields. */
    static boolean isWellKnown(Descriptor type) {
        return type.getFullName().startsWith(PACKAGE) && hasOwnForm(type);
    }

    static boolean hasOwnForm(Descriptor type) {
        return switch (type.getFullName()) {
            case "google.protobuf.Any", "google.protobuf.Duration", "google.protobuf.Timestamp",
                    "google.protobuf.FieldMask", "google.protobuf.Struct", "google.protobuf.Value",
                    "google.protobuf.ListValue" ->
                true;
            default -> wrappedField(type) != null;
        };
    }

    /** The value field of a wrapper (UInt32Value ...), or null for any other message. */
    static @Nullable FieldDescriptor wrappedField(Descriptor type) {
        return switch (type.getFullName()) {
            case "google.protobuf.DoubleValue", "google.protobuf.FloatValue", "google.protobuf.Int64Value",
                    "google.protobuf.UInt64Value", "google.protobuf.Int32Value", "google.protobuf.UInt32Value",
                    "google.protobuf.BoolValue", "google.protobuf.StringValue", "google.protobuf.BytesValue" ->
                type.findFieldByNumber(1);
            default -> null;
        };
    }

    /** Whether Envoy's loader also takes this as its fields, {@code {seconds: 1, nanos: 0}}. */
    static boolean isSecondsAndNanos(Descriptor type) {
        return type.getFullName().equals("google.protobuf.Duration")
                || type.getFullName().equals("google.protobuf.Timestamp");
    }

    /**
     * Whether a duration or timestamp written as its fields is within what duration.proto and timestamp.proto allow.
     */
    boolean inRange(Node node, Message message) {
        Descriptor type = message.getDescriptorForType();
        long seconds = (Long) message.getField(type.findFieldByNumber(1));
        int nanos = (Integer) message.getField(type.findFieldByNumber(2));
        if (Math.abs(seconds) > Durations.SECONDS_MAX || Math.abs(nanos) > NANOS_MAX || (seconds > 0 && nanos < 0)
                || (seconds < 0 && nanos > 0)) {
            trail.error(node.at(), seconds + " seconds, " + nanos + " nanos", "out of range",
                    "write nanos below 1000000000, with the sign of seconds");
            return false;
        }
        return true;
    }

    /** Any of the others. {@code levels} is how many messages may still be nested. */
    @Nullable
    Message value(Node node, Descriptor type, int levels) {
        return switch (type.getFullName()) {
            case "google.protobuf.Duration" -> duration(node);
            case "google.protobuf.Timestamp" -> timestamp(node);
            case "google.protobuf.FieldMask" -> fieldMask(node);
            case "google.protobuf.Struct" -> {
                if (node instanceof Mapping mapping) {
                    yield struct(mapping, levels);
                }
                trail.error(node.at(), ScalarReader.shown(node), "a mapping is due here",
                        "write  key: value  below it");
                yield null;
            }
            case "google.protobuf.ListValue" -> {
                if (node instanceof Sequence list) {
                    yield list(list, levels);
                }
                trail.error(node.at(), ScalarReader.shown(node), "a list is due here", "write [ ... ]");
                yield null;
            }
            default -> free(node, levels);
        };
    }

    private @Nullable Message duration(Node node) {
        if (node instanceof Scalar scalar) {
            Duration duration = Durations.parse(scalar.text());
            if (duration == null) {
                trail.error(node.at(), scalar.text(), "not a duration", Durations.cure(scalar.text()));
            }
            return duration;
        }
        trail.error(node.at(), ScalarReader.shown(node), "a duration is due here", "write 1s or 0.25s");
        return null;
    }

    private @Nullable Message timestamp(Node node) {
        if (node instanceof Scalar scalar) {
            try {
                OffsetDateTime time = OffsetDateTime.parse(scalar.text());
                return Timestamp.newBuilder().setSeconds(time.toEpochSecond()).setNanos(time.getNano()).build();
            } catch (DateTimeException e) {
                trail.error(node.at(), scalar.text(), "not a time of RFC 3339", "write 2026-01-31T15:04:05Z");
                return null;
            }
        }
        trail.error(node.at(), ScalarReader.shown(node), "a time is due here", "write 2026-01-31T15:04:05Z");
        return null;
    }

    private @Nullable Message fieldMask(Node node) {
        FieldMask.Builder mask = FieldMask.newBuilder();
        switch (node) {
            case Scalar scalar -> {
                for (String path : scalar.text().split(",", -1)) {
                    if (!path.isBlank()) {
                        mask.addPaths(snake(path.strip()));
                    }
                }
                return mask.build();
            }
            case Mapping mapping when mapping.find("paths") instanceof Sequence paths -> {
                for (Node path : paths.items()) {
                    mask.addPaths(ScalarReader.shown(path));
                }
                return mask.build();
            }
            case Mapping mapping -> trail.error(node.at(), "", "a field mask is due here", "write paths: [ ... ]");
            case Sequence list ->
                trail.error(node.at(), "", "a field mask is due here", "write a,b.c or { paths: [ ... ] }");
        }
        return null;
    }

    private static String snake(String path) {
        StringBuilder snake = new StringBuilder(path.length() + 4);
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                snake.append('_').append((char) (c + 32));
            } else {
                snake.append(c);
            }
        }
        return snake.toString();
    }

    private Struct struct(Mapping mapping, int levels) {
        Struct.Builder struct = Struct.newBuilder();
        for (Entry entry : mapping.entries()) {
            int mark = trail.field(entry.key(), entry.at());
            Value value = free(entry.value(), levels - 2);
            if (value != null) {
                struct.putFields(entry.key(), value);
            }
            trail.leave(mark);
        }
        return struct.build();
    }

    private ListValue list(Sequence list, int levels) {
        ListValue.Builder values = ListValue.newBuilder();
        for (int i = 0; i < list.items().size(); i++) {
            Node item = list.items().get(i);
            int mark = trail.item(i, item.at());
            Value value = free(item, levels - 1);
            if (value != null) {
                values.addValues(value);
            }
            trail.leave(mark);
        }
        return values.build();
    }

    private @Nullable Value free(Node node, int levels) {
        if (levels <= 0) {
            trail.error(node.at(), "", "nested too deeply", "flatten it");
            return null;
        }
        Value.Builder value = Value.newBuilder();
        return switch (node) {
            case Mapping mapping -> value.setStructValue(struct(mapping, levels - 1)).build();
            case Sequence list -> value.setListValue(list(list, levels - 1)).build();
            case Scalar scalar -> switch (scalar.kind()) {
                case NULL -> value.setNullValue(NullValue.NULL_VALUE).build();
                case BOOLEAN -> value.setBoolValue(Scalars.isTrue(scalar.text())).build();
                case TEXT -> value.setStringValue(scalar.text()).build();
                case INTEGER, FLOAT -> {
                    Double number = Numbers.decimal(scalar);
                    yield number == null || number.isNaN() || number.isInfinite()
                            ? value.setStringValue(scalar.text()).build()
                            : value.setNumberValue(number).build();
                }
            };
        };
    }
}
