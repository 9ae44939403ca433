package io.weir.filters.transcode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bodies that are no JSON but what they are: {@code google.api.HttpBody}. Stateless. */
final class HttpBodies {
    private static final String NAME = "google.api.HttpBody";
    private static final int CONTENT_TYPE = 1;
    private static final int DATA = 2;
    private static final int EXTENSIONS = 3;
    private static final String UNKNOWN_PARAMETERS = "type.googleapis.com/envoy.extensions.filters.http."
            + "grpc_json_transcoder.v3.UnknownQueryParams";

    private HttpBodies() {}

    /** Whether a message, or a field of it, is one. */
    static boolean is(Descriptor message, @Nullable FieldDescriptor field) {
        if (field == null) {
            return message.getFullName().equals(NAME) && is(message, CONTENT_TYPE, FieldDescriptor.Type.STRING)
                    && is(message, DATA, FieldDescriptor.Type.BYTES);
        }
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated()
                && is(field.getMessageType(), null);
    }

    private static boolean is(Descriptor message, int number, FieldDescriptor.Type type) {
        var field = message.findFieldByNumber(number);
        return field != null && field.getType() == type && !field.isRepeated();
    }

    static void write(Message.Builder body, ByteString data, @Nullable String type) {
        var fields = body.getDescriptorForType();
        body.setField(fields.findFieldByNumber(DATA), data);
        if (type != null) {
            body.setField(fields.findFieldByNumber(CONTENT_TYPE), type);
        }
    }

    /**
     * Adds parameters as Envoy's {@code UnknownQueryParams}, whatever the body's descriptor knows of extensions: a map
     * of names, each to a message with the values.
     */
    static void capture(Message.Builder body, Map<String, List<String>> parameters) {
        var map = UnknownFieldSet.Field.newBuilder();
        parameters.forEach((name, values) -> {
            var texts = UnknownFieldSet.Field.newBuilder();
            values.forEach(value -> texts.addLengthDelimited(ByteString.copyFromUtf8(value)));
            map.addLengthDelimited(message(text(name), message(texts.build(), null)));
        });
        var any = message(text(UNKNOWN_PARAMETERS), message(map.build(), null));
        body.setUnknownFields(UnknownFieldSet.newBuilder(body.getUnknownFields()).mergeField(EXTENSIONS,
                UnknownFieldSet.Field.newBuilder().addLengthDelimited(any).build()).build());
    }

    private static UnknownFieldSet.Field text(String text) {
        return UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.copyFromUtf8(text)).build();
    }

    /** The bytes of a message with one field or two. */
    private static ByteString message(UnknownFieldSet.Field first, @Nullable ByteString second) {
        var fields = UnknownFieldSet.newBuilder().addField(1, first);
        if (second != null) {
            fields.addField(2, UnknownFieldSet.Field.newBuilder().addLengthDelimited(second).build());
        }
        return fields.build().toByteString();
    }

    static byte[] data(Message body) {
        return ((ByteString) body.getField(body.getDescriptorForType().findFieldByNumber(DATA))).toByteArray();
    }

    static String type(Message body) {
        return (String) body.getField(body.getDescriptorForType().findFieldByNumber(CONTENT_TYPE));
    }
}
