package io.weir.filters.transcode;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Messages as JSON and back, as proto3 has it, with the types of one set of descriptors. Immutable; any thread. */
final class Json {
    private final JsonFormat.Parser parser;
    /** Of single values, of which nothing may be left out. */
    private final JsonFormat.Parser values;
    private final JsonFormat.Printer printer;
    /** Null where names of enums are read as they stand. */
    private final @Nullable EnumNames names;

    /** Both ways, as the options say. */
    Json(TypeRegistry types, TranscodeSpec.Printing printing, boolean enumsInAnyCase) {
        this.names = enumsInAnyCase ? new EnumNames(types) : null;
        this.values = JsonFormat.parser().usingTypeRegistry(types);
        this.parser = values.ignoringUnknownFields();
        var chosen = JsonFormat.printer().usingTypeRegistry(types);
        if (!printing.whitespace()) {
            chosen = chosen.omittingInsignificantWhitespace();
        }
        if (printing.primitivesAlways()) {
            chosen = chosen.alwaysPrintFieldsWithNoPresence();
        }
        if (printing.enumsAsNumbers()) {
            chosen = chosen.printingEnumsAsInts();
        }
        this.printer = printing.protoNames() ? chosen.preservingProtoFieldNames() : chosen;
    }

    /**
     * Reads a text into a message. Fields that the message does not have are left out, as Envoy does.
     *
     * @throws InvalidProtocolBufferException
     *             when it is no JSON, or not of this message
     */
    void read(byte[] text, Message.Builder into) throws InvalidProtocolBufferException {
        String json = strict(text);
        if (names == null) {
            parser.merge(json, into);
            return;
        }
        try {
            var tree = JsonParser.parseString(json);
            names.write(tree, into.getDescriptorForType());
            parser.merge(tree.toString(), into);
        } catch (JsonParseException | StackOverflowError e) {
            throw new InvalidProtocolBufferException("the body is no JSON");
        }
    }

    /** The parser takes more than JSON for JSON: bare words, comments, what has no end. Here nothing is guessed. */
    private static String strict(byte[] text) throws InvalidProtocolBufferException {
        String json = new String(text, StandardCharsets.UTF_8);
        var reader = new JsonReader(new StringReader(json));
        try {
            reader.skipValue();
            if (reader.peek() == JsonToken.END_DOCUMENT) {
                return json;
            }
        } catch (IOException | IllegalStateException e) {
            throw new InvalidProtocolBufferException("the body is no JSON: " + e.getMessage());
        }
        throw new InvalidProtocolBufferException("the body is no JSON: something stands behind it");
    }

    /** The same, where the text is the value of one field; what a field may be, a list too. */
    void read(byte[] text, FieldDescriptor field, Message.Builder into) throws InvalidProtocolBufferException {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated()) {
            read(text, into.getFieldBuilder(field));
            return;
        }
        try {
            into.mergeFrom(alone(parser, field, JsonParser.parseString(strict(text))));
        } catch (JsonParseException | StackOverflowError e) {
            throw new InvalidProtocolBufferException("the body is no JSON");
        }
    }

    /** A field's value as a parameter says it: numbers and the like without quotes, bytes in base64. */
    Object value(FieldDescriptor field, String text) throws InvalidProtocolBufferException {
        JsonElement value = new JsonPrimitive(text);
        if (field.isRepeated()) {
            var list = new JsonArray();
            list.add(value);
            value = list;
        }
        var message = alone(values, field, value);
        if (!field.isRepeated()) {
            return message.getField(field);
        }
        if (message.getRepeatedFieldCount(field) != 1) {
            throw new InvalidProtocolBufferException("no value of " + field.getFullName());
        }
        return message.getRepeatedField(field, 0);
    }

    private DynamicMessage alone(JsonFormat.Parser with, FieldDescriptor field, JsonElement value)
            throws InvalidProtocolBufferException {
        var object = new JsonObject();
        object.add(field.getName(), value);
        if (names != null) {
            names.write(object, field.getContainingType());
        }
        var message = DynamicMessage.newBuilder(field.getContainingType());
        with.merge(object.toString(), message);
        return message.buildPartial();
    }

    /** The text of a message. */
    byte[] text(Message message) throws InvalidProtocolBufferException {
        return printer.print(message).getBytes(StandardCharsets.UTF_8);
    }

    /** The text of one field of a message; of its default where it is not set. */
    byte[] text(Message message, FieldDescriptor field) throws InvalidProtocolBufferException {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated()) {
            return text((Message) message.getField(field));
        }
        Descriptor type = message.getDescriptorForType();
        var alone = DynamicMessage.newBuilder(type);
        alone.setField(field, message.getField(field));
        String object = printer.preservingProtoFieldNames().includingDefaultValueFields(Set.of(field))
                .print(alone.buildPartial());
        JsonElement value = JsonParser.parseString(object).getAsJsonObject().get(field.getName());
        return value == null ? new byte[0] : value.toString().getBytes(StandardCharsets.UTF_8);
    }
}
