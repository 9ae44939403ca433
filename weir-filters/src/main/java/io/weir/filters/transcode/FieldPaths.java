package io.weir.filters.transcode;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fields within fields, by names with dots between. Stateless. */
final class FieldPaths {
    /** Names in a row: a message may hold itself, so a client could go on. */
    private static final int DEPTH_MAX = 32;

    private FieldPaths() {}

    /** The fields from a message inwards, or null where there is no such one, or a list or map before the last. */
    static @Nullable List<FieldDescriptor> of(Descriptor message, String path) {
        var fields = new ArrayList<FieldDescriptor>();
        Descriptor in = message;
        for (String name : path.split("\\.", -1)) {
            var field = in == null || fields.size() == DEPTH_MAX ? null : named(in, name);
            if (field == null) {
                return null;
            }
            fields.add(field);
            boolean inner = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated();
            in = inner ? field.getMessageType() : null;
        }
        return fields;
    }

    /** By its name in the proto, or in JSON. */
    static @Nullable FieldDescriptor named(Descriptor message, String name) {
        var field = message.findFieldByName(name);
        if (field != null) {
            return field;
        }
        for (var other : message.getFields()) {
            if (other.getJsonName().equals(name)) {
                return other;
            }
        }
        return null;
    }
}
