package io.weir.xds.shortform;

import java.util.List;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DoubleValue;
import com.google.protobuf.Duration;
import com.google.protobuf.DurationProto;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.WrappersProto;

import org.jspecify.annotations.Nullable;

/**
 * Messages of balancing policies that the API jar does not have: Envoy's {@code peak_ewma}, which is a contrib
 * extension, and Weir's own for Prequal. Any thread.
 */
public final class PolicyMessages {

    /** The full name of Envoy's message. */
    public static final String PEAK_EWMA = "envoy.extensions.load_balancing_policies.peak_ewma.v3alpha.PeakEwma";
    /** The full name of Weir's message. */
    public static final String PREQUAL = "weir.load_balancing_policies.prequal.v1.Prequal";

    private static final String DURATION = ".google.protobuf.Duration";
    private static final String UINT32 = ".google.protobuf.UInt32Value";
    private static final String DOUBLE = ".google.protobuf.DoubleValue";

    private static final Descriptor PEAK_EWMA_DESCRIPTOR = descriptor(PEAK_EWMA, List.of("decay_time", DURATION,
            "aggregation_interval", DURATION, "max_samples_per_host", UINT32, "default_rtt", DURATION, "penalty_value",
            DOUBLE));
    private static final Descriptor PREQUAL_DESCRIPTOR = descriptor(PREQUAL,
            List.of("choice_count", UINT32, "hot_quantile", DOUBLE, "decay_time", DURATION));

    private PolicyMessages() {}

    /** The default instance of {@link #PEAK_EWMA}. */
    public static DynamicMessage peakEwma() {
        return DynamicMessage.getDefaultInstance(PEAK_EWMA_DESCRIPTOR);
    }

    /** The default instance of {@link #PREQUAL}. */
    public static DynamicMessage prequal() {
        return DynamicMessage.getDefaultInstance(PREQUAL_DESCRIPTOR);
    }

    /** A field of type {@code google.protobuf.Duration}; null when it is not set. */
    public static @Nullable Duration duration(DynamicMessage message, String field) {
        return nested(message, field, Duration.parser());
    }

    /** A field of type {@code google.protobuf.DoubleValue}; null when it is not set. */
    public static @Nullable Double real(DynamicMessage message, String field) {
        DoubleValue value = nested(message, field, DoubleValue.parser());
        return value == null ? null : value.getValue();
    }

    /** A field of type {@code google.protobuf.UInt32Value}, as protobuf gives it; null when it is not set. */
    public static @Nullable Integer whole(DynamicMessage message, String field) {
        UInt32Value value = nested(message, field, UInt32Value.parser());
        return value == null ? null : value.getValue();
    }

    private static <M extends Message> @Nullable M nested(DynamicMessage message, String field, Parser<M> parser) {
        var descriptor = message.getDescriptorForType().findFieldByName(field);
        if (!message.hasField(descriptor)) {
            return null;
        }
        try {
            return parser.parseFrom(((Message) message.getField(descriptor)).toByteString());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(field + " has not the type that its descriptor names", e);
        }
    }

    /** The message of this name, whose fields are numbered in this order: a name, its type, a name, its type ... */
    private static Descriptor descriptor(String fullName, List<String> fields) {
        int dot = fullName.lastIndexOf('.');
        String name = fullName.substring(dot + 1);
        var message = DescriptorProto.newBuilder().setName(name);
        for (int i = 0; i < fields.size(); i += 2) {
            message.addField(FieldDescriptorProto.newBuilder().setName(fields.get(i)).setNumber(i / 2 + 1)
                    .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                    .setType(FieldDescriptorProto.Type.TYPE_MESSAGE).setTypeName(fields.get(i + 1)));
        }
        var file = FileDescriptorProto.newBuilder().setName(fullName.replace('.', '/') + ".proto")
                .setPackage(fullName.substring(0, dot)).setSyntax("proto3")
                .addDependency(DurationProto.getDescriptor().getName())
                .addDependency(WrappersProto.getDescriptor().getName()).addMessageType(message).build();
        try {
            return FileDescriptor.buildFrom(file,
                    new FileDescriptor[]{DurationProto.getDescriptor(), WrappersProto.getDescriptor()})
                    .findMessageTypeByName(name);
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException("the descriptor written here does not hold together", e);
        }
    }
}
