package io.weir.filters.jsonmeta;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.weir.filters.jsonmeta.JsonRules.Entry;
import io.weir.http.filter.DynamicMetadata;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** Writes what rules ask of one body. */
final class JsonValues {
    /** Longer texts are not written, as with those of header fields. */
    private static final int TEXT_LENGTH_MAX = 8 * 1024;

    private final DynamicMetadata metadata;

    JsonValues(DynamicMetadata metadata) {
        this.metadata = metadata;
    }

    /** Of a body that is not there. */
    void missing(JsonRules rules) {
        rules.rules().forEach(rule -> put(rule.missing(), null));
    }

    /** Of a body that is not JSON. */
    void error(JsonRules rules) {
        rules.rules().forEach(rule -> put(rule.error(), null));
    }

    /** Of a body; false where it is no JSON, of which the rules may have something to say as well. */
    boolean write(JsonRules rules, byte[] body) {
        var json = parsed(body);
        if (json == null) {
            error(rules);
            return false;
        }
        for (var rule : rules.rules()) {
            JsonElement found = json;
            for (String key : rule.path()) {
                found = found instanceof JsonObject object ? object.get(key) : null;
            }
            boolean there = found != null && !found.isJsonNull();
            put(there ? rule.present() : rule.missing(), there ? found : null);
        }
        return true;
    }

    /** The library's parser takes more than JSON for JSON; its reader alone does not. */
    private static @Nullable JsonElement parsed(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        var reader = new JsonReader(new StringReader(text));
        try {
            reader.skipValue();
            return reader.peek() == JsonToken.END_DOCUMENT ? JsonParser.parseString(text) : null;
        } catch (IOException | IllegalStateException | JsonParseException | StackOverflowError e) {
            return null;
        }
    }

    private void put(@Nullable Entry entry, @Nullable JsonElement found) {
        if (entry == null
                || (entry.keepsExisting() && metadata.get(entry.namespace(), entry.key()) != null)) {
            return;
        }
        Object value = entry.value() != null ? entry.value() : found == null ? null : value(entry.type(), found);
        if (value != null && !(value instanceof String text && text.length() > TEXT_LENGTH_MAX)) {
            metadata.put(entry.namespace(), entry.key(), value);
        }
    }

    private static @Nullable Object value(JsonRules.Type type, JsonElement found) {
        return switch (type) {
            case VALUE -> plain(found);
            case STRING -> found.isJsonPrimitive() ? found.getAsString() : found.toString();
            case NUMBER -> found instanceof JsonPrimitive primitive ? number(primitive) : null;
        };
    }

    private static @Nullable Object number(JsonPrimitive primitive) {
        if (primitive.isBoolean()) {
            return primitive.getAsBoolean() ? 1.0 : 0.0;
        }
        String text = primitive.getAsString().strip();
        boolean plain = !text.isEmpty() && text.chars().allMatch(c -> "+-.0123456789eE".indexOf(c) >= 0);
        try {
            return plain ? Double.valueOf(text) : null; // Java would read more as a number than what is one
        } catch (NumberFormatException none) {
            return null;
        }
    }

    /** As metadata hold it; a null counts as nothing. */
    private static @Nullable Object plain(JsonElement json) {
        if (json instanceof JsonPrimitive primitive) {
            return primitive.isBoolean()
                    ? (Object) primitive.getAsBoolean()
                    : primitive.isNumber() ? (Object) primitive.getAsDouble() : primitive.getAsString();
        }
        if (json.isJsonArray()) {
            var list = new ArrayList<Object>();
            for (var element : json.getAsJsonArray()) {
                var value = plain(element);
                if (value != null) {
                    list.add(value);
                }
            }
            return list;
        }
        if (json instanceof JsonObject object) {
            var map = new LinkedHashMap<String, Object>();
            for (var entry : object.entrySet()) {
                var value = plain(entry.getValue());
                if (value != null) {
                    map.put(entry.getKey(), value);
                }
            }
            return map;
        }
        return null;
    }
}
