package io.weir.filters.transcode;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Puts the declared names of an enum's values in the place of those that are written in another case, or with hyphens
 * for underscores. Immutable; any thread. Source: Envoy's {@code case_insensitive_enum_parsing}.
 */
final class EnumNames {
    /** Objects within objects; the parser behind this takes no more. */
    private static final int DEPTH_MAX = 100;
    private static final String ANY = "google.protobuf.Any";

    private final TypeRegistry types;

    EnumNames(TypeRegistry types) {
        this.types = types;
    }

    /** Changes a text that stands for a message; what does not fit stays as it is, for the parser to tell. */
    void write(JsonElement json, Descriptor message) {
        write(json, message, 0);
    }

    private void write(JsonElement json, Descriptor message, int depth) {
        if (!(json instanceof JsonObject object) || depth == DEPTH_MAX) {
            return;
        }
        var type = message.getFullName().equals(ANY) ? held(object) : message;
        for (var entry : object.entrySet()) {
            var field = type == null ? null : FieldPaths.named(type, entry.getKey());
            if (field != null) {
                entry.setValue(value(entry.getValue(), field, depth));
            }
        }
    }

    private @Nullable Descriptor held(JsonObject any) {
        try {
            return any.get("@type") instanceof JsonPrimitive url
                    ? types.getDescriptorForTypeUrl(url.getAsString())
                    : null;
        } catch (InvalidProtocolBufferException unknown) {
            return null;
        }
    }

    private JsonElement value(JsonElement json, FieldDescriptor field, int depth) {
        if (field.isMapField()) {
            var values = field.getMessageType().findFieldByNumber(2); // of the entry, as the language has it
            if (json instanceof JsonObject map) {
                for (var entry : map.entrySet()) {
                    entry.setValue(single(entry.getValue(), values, depth));
                }
            }
            return json;
        }
        if (field.isRepeated() && json.isJsonArray()) {
            var list = json.getAsJsonArray();
            for (int i = 0; i < list.size(); i++) {
                list.set(i, single(list.get(i), field, depth));
            }
            return list;
        }
        return single(json, field, depth);
    }

    private JsonElement single(JsonElement json, FieldDescriptor field, int depth) {
        return switch (field.getJavaType()) {
            case ENUM -> json instanceof JsonPrimitive name && name.isString() ? named(name, field) : json;
            case MESSAGE -> {
                write(json, field.getMessageType(), depth + 1);
                yield json;
            }
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING -> json;
        };
    }

    private static JsonPrimitive named(JsonPrimitive name, FieldDescriptor field) {
        String written = name.getAsString();
        var values = field.getEnumType();
        if (values.findValueByName(written) != null) {
            return name;
        }
        String meant = written.toUpperCase(Locale.ROOT).replace('-', '_');
        for (var value : values.getValues()) {
            if (value.getName().toUpperCase(Locale.ROOT).equals(meant)) {
                return new JsonPrimitive(value.getName());
            }
        }
        return name;
    }
}
