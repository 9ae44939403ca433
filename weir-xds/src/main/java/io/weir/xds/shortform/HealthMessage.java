package io.weir.xds.shortform;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.DurationProto;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;

/**
 * What Weir adds to {@code outlier_detection} and {@code health_checks}, as a message of its own:
 * {@code weir.health.v1.Outliers} in a cluster's {@code typed_extension_protocol_options}. {@code docs/health.md} says
 * what its fields mean. Any thread.
 */
public final class HealthMessage {

    /** Its full name. */
    public static final String TYPE = "weir.health.v1.Outliers";

    private static final Descriptor DESCRIPTOR = descriptor();

    private HealthMessage() {}

    /** The default instance. */
    public static DynamicMessage prototype() {
        return DynamicMessage.getDefaultInstance(DESCRIPTOR);
    }

    /** A number of the message, or another where it is 0. */
    public static double number(DynamicMessage message, String field, double otherwise) {
        Object value = message.getField(DESCRIPTOR.findFieldByName(field));
        // whole numbers of the message have no sign; Java's int that holds them has one
        double number = value instanceof Integer whole
                ? Integer.toUnsignedLong(whole)
                : ((Number) value).doubleValue();
        return number == 0 ? otherwise : number;
    }

    /** A flag of the message. */
    public static boolean flag(DynamicMessage message, String field) {
        return (Boolean) message.getField(DESCRIPTOR.findFieldByName(field));
    }

    /** A duration of the message in nanoseconds, or another where it is not there. */
    public static long nanos(DynamicMessage message, String field, long otherwise) {
        var descriptor = DESCRIPTOR.findFieldByName(field);
        if (!message.hasField(descriptor)) {
            return otherwise;
        }
        var given = (com.google.protobuf.Message) message.getField(descriptor);
        var type = given.getDescriptorForType();
        return (Long) given.getField(type.findFieldByNumber(Duration.SECONDS_FIELD_NUMBER)) * 1_000_000_000L
                + (Integer) given.getField(type.findFieldByNumber(Duration.NANOS_FIELD_NUMBER));
    }

    /** Whether such a message, as bytes, says anything of outliers; it may be of checks alone. */
    public static boolean isOfOutliers(ByteString bytes) {
        try {
            DynamicMessage message = DynamicMessage.parseFrom(DESCRIPTOR, bytes);
            return number(message, "latency_factor", 0) != 0 || flag(message, "soft");
        } catch (InvalidProtocolBufferException e) {
            return false; // told by who reads it
        }
    }

    private static FieldDescriptorProto.Builder field(String name, int number, FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder().setName(name).setNumber(number)
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL).setType(type);
    }

    private static Descriptor descriptor() {
        var message = DescriptorProto.newBuilder().setName("Outliers")
                .addField(field("latency_factor", 1, FieldDescriptorProto.Type.TYPE_DOUBLE))
                .addField(field("latency_percentile", 2, FieldDescriptorProto.Type.TYPE_DOUBLE))
                .addField(field("latency_minimum_hosts", 3, FieldDescriptorProto.Type.TYPE_UINT32))
                .addField(field("latency_request_volume", 4, FieldDescriptorProto.Type.TYPE_UINT32))
                .addField(field("latency_floor", 5, FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setTypeName(".google.protobuf.Duration"))
                .addField(field("enforcing_latency", 6, FieldDescriptorProto.Type.TYPE_UINT32))
                .addField(field("soft", 7, FieldDescriptorProto.Type.TYPE_BOOL))
                .addField(field("soft_minimum_percent", 8, FieldDescriptorProto.Type.TYPE_UINT32))
                .addField(field("soft_step_percent", 9, FieldDescriptorProto.Type.TYPE_UINT32))
                .addField(field("skip_check_after_success_within", 10, FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setTypeName(".google.protobuf.Duration"));
        var file = FileDescriptorProto.newBuilder().setName("weir/health/v1/outliers.proto")
                .setPackage("weir.health.v1").setSyntax("proto3")
                .addDependency("google/protobuf/duration.proto").addMessageType(message).build();
        try {
            return FileDescriptor.buildFrom(file, new FileDescriptor[]{DurationProto.getDescriptor()})
                    .findMessageTypeByName("Outliers");
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException("the descriptor written here does not hold together", e);
        }
    }
}
