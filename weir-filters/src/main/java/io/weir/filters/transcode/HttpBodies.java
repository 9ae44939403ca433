package io.weir.filters.transcode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import org.jspecify.annotations.Nullable;

/** Bodies that are no JSON but what they are: {@code google.api.HttpBody}. Stateless. */
final class HttpBodies {
    private static final String NAME = "google.api.HttpBody";
    private static final int CONTENT_TYPE = 1;
    private static final int DATA = 2;

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

    static byte[] data(Message body) {
        return ((ByteString) body.getField(body.getDescriptorForType().findFieldByNumber(DATA))).toByteArray();
    }

    static String type(Message body) {
        return (String) body.getField(body.getDescriptorForType().findFieldByNumber(CONTENT_TYPE));
    }
}
