package io.weir.xds.message;

import java.util.List;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;

import io.envoyproxy.envoy.config.core.v3.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * The message that asks for a certificate of an authority that issues it by itself, a bootstrap extension of Weir's
 * own: {@code Certificate} in package {@code weir.acme.v1}. {@code docs/acme.md} says what its fields mean. Any thread.
 */
public final class AcmeMessage {

    /** Its full name. */
    public static final String TYPE = "weir.acme.v1.Certificate";

    private static final String DATA_SOURCE = "envoy.config.core.v3.DataSource";
    private static final Descriptor DESCRIPTOR = descriptor();

    private AcmeMessage() {}

    /** The default instance. */
    public static DynamicMessage prototype() {
        return DynamicMessage.getDefaultInstance(DESCRIPTOR);
    }

    /** A text; empty where it is not set. */
    public static String text(DynamicMessage message, String field) {
        return String.valueOf(value(message, field));
    }

    /** A list of texts. */
    public static List<String> texts(DynamicMessage message, String field) {
        return ((List<?>) value(message, field)).stream().map(String::valueOf).toList();
    }

    /** A flag. */
    public static boolean flag(DynamicMessage message, String field) {
        return Boolean.TRUE.equals(value(message, field));
    }

    /** Where something comes from; null where it is not set. */
    public static @Nullable DataSource source(DynamicMessage message, String field) {
        if (!message.hasField(DESCRIPTOR.findFieldByName(field))) {
            return null;
        }
        try {
            return DataSource.parseFrom(((Message) value(message, field)).toByteString());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(field + " has not the type that its descriptor names", e);
        }
    }

    private static Object value(DynamicMessage message, String field) {
        return message.getField(DESCRIPTOR.findFieldByName(field));
    }

    private static Descriptor descriptor() {
        var certificate = DescriptorProto.newBuilder().setName("Certificate")
                .addField(Declared.field("name", 1, FieldDescriptorProto.Type.TYPE_STRING))
                .addField(Declared.field("domains", 2, FieldDescriptorProto.Type.TYPE_STRING)
                        .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED))
                .addField(Declared.field("directory", 3, FieldDescriptorProto.Type.TYPE_STRING))
                .addField(Declared.field("email", 4, FieldDescriptorProto.Type.TYPE_STRING))
                .addField(Declared.field("agree_to_terms", 5, FieldDescriptorProto.Type.TYPE_BOOL))
                .addField(Declared.field("storage", 6, FieldDescriptorProto.Type.TYPE_STRING))
                .addField(Declared.field("challenge", 7, FieldDescriptorProto.Type.TYPE_STRING))
                .addField(Declared.field("key_type", 8, FieldDescriptorProto.Type.TYPE_STRING))
                .addField(Declared.field("trusted_ca", 9, DATA_SOURCE))
                .addField(Declared.field("eab_key_id", 10, FieldDescriptorProto.Type.TYPE_STRING))
                .addField(Declared.field("eab_key", 11, DATA_SOURCE));
        return Declared.message("weir/acme/v1/certificate.proto", "weir.acme.v1", certificate,
                DataSource.getDescriptor().getFile());
    }
}
