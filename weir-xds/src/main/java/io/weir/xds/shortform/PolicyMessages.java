package io.weir.xds.shortform;

import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.BoolValue;
import com.google.protobuf.DoubleValue;
import com.google.protobuf.Duration;
import com.google.protobuf.DurationProto;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.WrappersProto;

import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.weir.xds.message.Declared;
import org.jspecify.annotations.Nullable;

/**
 * Messages of balancing policies that the API jar does not have: Envoy's {@code peak_ewma}, which is a contrib
 * extension, those that are newer than the jar, and Weir's own for Prequal and apertures. Any thread.
 */
public final class PolicyMessages {

    /** The full name of Envoy's message. */
    public static final String PEAK_EWMA = "envoy.extensions.load_balancing_policies.peak_ewma.v3alpha.PeakEwma";
    /** The full name of Weir's message. */
    public static final String PREQUAL = "weir.load_balancing_policies.prequal.v1.Prequal";
    /** The full name of Envoy's message. */
    public static final String RANDOM_SUBSETTING = "envoy.extensions.load_balancing_policies.random_subsetting.v3"
            + ".RandomSubsetting";
    /** The full name of Weir's message. */
    public static final String DETERMINISTIC_APERTURE = "weir.load_balancing_policies.deterministic_aperture.v1"
            + ".DeterministicAperture";
    /** The full name of Envoy's message. */
    public static final String LOAD_AWARE_LOCALITY = "envoy.extensions.load_balancing_policies.load_aware_locality.v3"
            + ".LoadAwareLocality";

    private static final String DURATION = "google.protobuf.Duration";
    private static final String UINT32 = "google.protobuf.UInt32Value";
    private static final String DOUBLE = "google.protobuf.DoubleValue";

    private static final String BOOL = "google.protobuf.BoolValue";
    private static final String CHILD = "envoy.config.cluster.v3.LoadBalancingPolicy";
    private static final String STRINGS = "strings";

    private static final Descriptor PEAK_EWMA_DESCRIPTOR = descriptor(PEAK_EWMA, List.of("decay_time", DURATION,
            "aggregation_interval", DURATION, "max_samples_per_host", UINT32, "default_rtt", DURATION, "penalty_value",
            DOUBLE));
    private static final Descriptor PREQUAL_DESCRIPTOR = descriptor(PREQUAL,
            List.of("choice_count", UINT32, "hot_quantile", DOUBLE, "decay_time", DURATION));

    private static final Descriptor RANDOM_SUBSETTING_DESCRIPTOR = descriptor(RANDOM_SUBSETTING,
            List.of("subset_size", UINT32, "child_policy", CHILD));
    private static final Descriptor DETERMINISTIC_APERTURE_DESCRIPTOR = descriptor(DETERMINISTIC_APERTURE,
            List.of("min_aperture", UINT32, "peer_index", UINT32, "peer_count", UINT32, "child_policy", CHILD));
    private static final Descriptor LOAD_AWARE_LOCALITY_DESCRIPTOR = descriptor(LOAD_AWARE_LOCALITY,
            List.of("endpoint_picking_policy", CHILD, "weight_update_period", DURATION,
                    "metric_names_for_computing_utilization", STRINGS, "utilization_variance_threshold", DOUBLE,
                    "smoothing_time_constant", DURATION, "remote_probe_fraction", DOUBLE, "weight_expiration_period",
                    DURATION, "enable_oob_load_report", BOOL, "oob_reporting_period", DURATION));

    private PolicyMessages() {}

    /** The default instance of {@link #RANDOM_SUBSETTING}. */
    public static DynamicMessage randomSubsetting() {
        return DynamicMessage.getDefaultInstance(RANDOM_SUBSETTING_DESCRIPTOR);
    }

    /** The default instance of {@link #DETERMINISTIC_APERTURE}. */
    public static DynamicMessage deterministicAperture() {
        return DynamicMessage.getDefaultInstance(DETERMINISTIC_APERTURE_DESCRIPTOR);
    }

    /** The default instance of {@link #LOAD_AWARE_LOCALITY}. */
    public static DynamicMessage loadAwareLocality() {
        return DynamicMessage.getDefaultInstance(LOAD_AWARE_LOCALITY_DESCRIPTOR);
    }

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

    /** A field of type {@code google.protobuf.BoolValue}; false when it is not set. */
    public static boolean flag(DynamicMessage message, String field) {
        BoolValue value = nested(message, field, BoolValue.parser());
        return value != null && value.getValue();
    }

    /** A field that is a list of texts. */
    public static List<String> texts(DynamicMessage message, String field) {
        var descriptor = message.getDescriptorForType().findFieldByName(field);
        return ((List<?>) message.getField(descriptor)).stream().map(String::valueOf).toList();
    }

    /** A field of type {@code envoy.config.cluster.v3.LoadBalancingPolicy}; null when it is not set. */
    public static @Nullable LoadBalancingPolicy child(DynamicMessage message, String field) {
        return nested(message, field, LoadBalancingPolicy.parser());
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
        var message = DescriptorProto.newBuilder().setName(fullName.substring(dot + 1));
        for (int i = 0; i < fields.size(); i += 2) {
            String type = fields.get(i + 1);
            int number = i / 2 + 1;
            message.addField(type.equals(STRINGS)
                    ? Declared.field(fields.get(i), number, FieldDescriptorProto.Type.TYPE_STRING)
                            .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED)
                    : Declared.field(fields.get(i), number, type));
        }
        var needed = new ArrayList<>(List.of(DurationProto.getDescriptor(), WrappersProto.getDescriptor()));
        if (fields.contains(CHILD)) {
            needed.add(LoadBalancingPolicy.getDescriptor().getFile());
        }
        return Declared.message(fullName.replace('.', '/') + ".proto", fullName.substring(0, dot), message,
                needed.toArray(FileDescriptor[]::new));
    }
}
