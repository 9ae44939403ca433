package io.weir.filters.transcode;

import com.google.gson.JsonElement;
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

    /** Whether two say the same field, one of them a part of the other, or fields of which there can be only one. */
    static boolean clash(List<FieldDescriptor> one, List<FieldDescriptor> other) {
        int both = Math.min(one.size(), other.size());
        for (int i = 0; i < both; i++) {
            if (!one.get(i).equals(other.get(i))) {
                var choice = one.get(i).getRealContainingOneof();
                return choice != null && choice.equals(other.get(i).getRealContainingOneof());
            }
        }
        return one.size() != other.size() || !one.getLast().isRepeated();
    }

    /** Whether a text of JSON says a value of this field, be it the default. */
    static boolean said(JsonElement json, List<FieldDescriptor> fields) {
        var at = json;
        for (var field : fields) {
            if (!at.isJsonObject()) {
                return !at.isJsonNull(); // a value that is written in one, such as a time
            }
            var value = at.getAsJsonObject().get(field.getName());
            at = value == null ? at.getAsJsonObject().get(field.getJsonName()) : value;
            if (at == null) {
                return false;
            }
        }
        return !at.isJsonNull();
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
