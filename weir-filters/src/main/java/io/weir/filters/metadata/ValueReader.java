package io.weir.filters.metadata;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of messages as metadata hold them; for readers. Stateless. */
public final class ValueReader {
    private ValueReader() {}

    /** The fields of a message as metadata hold them; a null counts as nothing. */
    public static Map<String, Object> values(Struct struct) {
        var values = new LinkedHashMap<String, Object>();
        struct.getFieldsMap().forEach((key, value) -> {
            var plain = value(value);
            if (plain != null) {
                values.put(key, plain);
            }
        });
        return values;
    }

    /** A value as metadata hold it; null for a null. */
    public static @Nullable Object value(Value value) {
        return switch (value.getKindCase()) {
            case NUMBER_VALUE -> value.getNumberValue();
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> value.getBoolValue();
            case STRUCT_VALUE -> values(value.getStructValue());
            case LIST_VALUE -> list(value.getListValue());
            case NULL_VALUE, KIND_NOT_SET -> null;
        };
    }

    private static List<Object> list(ListValue list) {
        var values = new ArrayList<Object>();
        for (var each : list.getValuesList()) {
            var plain = value(each);
            if (plain != null) {
                values.add(plain);
            }
        }
        return values;
    }
}
