package io.weir.xds.shortform;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.weir.xds.message.Declared;

/**
 * What Weir adds to {@code outlier_detection} and {@code health_checks}, as a message of its own:
 * {@code weir.health.v1.Outliers} in a cluster's {@code typed_extension_protocol_options}. {@code docs/health.md} says
 * what its fields mean. Any thread.
 */
public final class HealthMessage {

    /** Its full name. */
    public static final String TYPE = "weir.health.v1.Outliers";

    private static final String DURATION = "google.protobuf.Duration";
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

    /** Whether such a message, as bytes, says anything of outliers; it may be of checks alone. */
    public static boolean isOfOutliers(ByteString bytes) {
        try {
            DynamicMessage message = DynamicMessage.parseFrom(DESCRIPTOR, bytes);
            return number(message, "latency_factor", 0) != 0 || flag(message, "soft");
        } catch (InvalidProtocolBufferException e) {
            return false; // told by who reads it
        }
    }

    private static Descriptor descriptor() {
        var message = DescriptorProto.newBuilder().setName("Outliers")
                .addField(Declared.field("latency_factor", 1, FieldDescriptorProto.Type.TYPE_DOUBLE))
                .addField(Declared.field("latency_percentile", 2, FieldDescriptorProto.Type.TYPE_DOUBLE))
                .addField(Declared.field("latency_minimum_hosts", 3, FieldDescriptorProto.Type.TYPE_UINT32))
                .addField(Declared.field("latency_request_volume", 4, FieldDescriptorProto.Type.TYPE_UINT32))
                .addField(Declared.field("latency_floor", 5, DURATION))
                .addField(Declared.field("enforcing_latency", 6, FieldDescriptorProto.Type.TYPE_UINT32))
                .addField(Declared.field("soft", 7, FieldDescriptorProto.Type.TYPE_BOOL))
                .addField(Declared.field("soft_minimum_percent", 8, FieldDescriptorProto.Type.TYPE_UINT32))
                .addField(Declared.field("soft_step_percent", 9, FieldDescriptorProto.Type.TYPE_UINT32))
                .addField(Declared.field("skip_check_after_success_within", 10, DURATION));
        return Declared.message("weir/health/v1/outliers.proto", "weir.health.v1", message,
                DurationProto.getDescriptor());
    }
}
