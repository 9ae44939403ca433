package io.weir.xds.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;

/** Messages of any type with random fields, and changes to one field of a message. */
public final class RandomMessages {
    private static final String[] TEXTS = {"a", "x-name", "10.0.0.1", "/path", "*.example.com", "true", "12", "1.5",
            "null", "~", "", "a: b", " lead", "ünïcode \u4e16", "line\nbreak", "tab\t", "\"quoted\"", "- dash", "#",
            "x #y", "{a}", "@type", "\ud83d\ude00", "0x1f", "yes", "a\\b", "\u0085\u2028", "..", "<<", "&a", "*a"};

    private final Random random;

    public RandomMessages(long seed) {
        this.random = new Random(seed);
    }

    /** A message in which about one field in {@code rarity} is set. */
    public Message message(Message prototype, int depth, int rarity) {
        Message.Builder builder = prototype.newBuilderForType();
        for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
            if (random.nextInt(rarity) == 0 && (depth > 0 || field.getJavaType() != JavaType.MESSAGE)) {
                fill(builder, field, depth, rarity, false);
            }
        }
        return builder.build();
    }

    /** A message whose fields have values that rules seldom mind; every field is set, down to this depth. */
    public Message tame(Message prototype, int depth) {
        Message.Builder builder = prototype.newBuilderForType();
        for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
            if (depth > 0 || field.getJavaType() != JavaType.MESSAGE || isAny(field.getMessageType())) {
                fill(builder, field, depth, 1, true);
            }
        }
        return builder.build();
    }

    private void fill(Message.Builder builder, FieldDescriptor field, int depth, int rarity, boolean tame) {
        if (field.isMapField()) {
            Message.Builder entry = builder.newBuilderForField(field);
            for (FieldDescriptor part : entry.getDescriptorForType().getFields()) {
                entry.setField(part, value(entry, part, depth, rarity, tame));
            }
            builder.addRepeatedField(field, entry.build());
        } else if (field.isRepeated()) {
            int count = tame ? 1 : random.nextInt(3);
            for (int i = 0; i < count; i++) {
                builder.addRepeatedField(field, value(builder, field, depth, rarity, tame));
            }
        } else {
            builder.setField(field, value(builder, field, depth, rarity, tame));
        }
    }

    private Object value(Message.Builder builder, FieldDescriptor field, int depth, int rarity, boolean tame) {
        return switch (field.getJavaType()) {
            case STRING -> tame ? "x" : TEXTS[random.nextInt(TEXTS.length)];
            case BYTE_STRING -> tame ? ByteString.copyFromUtf8("x") : bytes();
            case BOOLEAN -> tame || random.nextBoolean();
            case INT -> tame ? 1 : random.nextInt() >>> random.nextInt(32);
            case LONG -> tame ? 1L : random.nextLong() >>> random.nextInt(64);
            case FLOAT -> tame ? 1f : random.nextFloat() * 100;
            case DOUBLE -> tame ? 1d : random.nextBoolean() ? random.nextInt(100) : random.nextDouble() * 1e6;
            case ENUM -> {
                EnumDescriptor type = field.getEnumType();
                yield tame
                        ? type.getValues().getFirst()
                        : type.getValues().get(random.nextInt(type.getValues().size()));
            }
            case MESSAGE -> {
                Descriptor type = field.getMessageType();
                Message part = builder.newBuilderForField(field).build();
                yield isAny(type)
                        ? Any.pack(StringValue.of(tame ? "x" : TEXTS[random.nextInt(TEXTS.length)]))
                        : special(type, tame, part, depth, rarity);
            }
        };
    }

    private Message special(Descriptor type, boolean tame, Message part, int depth, int rarity) {
        switch (type.getFullName()) {
            case "google.protobuf.Duration", "google.protobuf.Timestamp" -> {
                return part.toBuilder().setField(type.findFieldByNumber(1), tame ? 1L : (long) random.nextInt(100_000))
                        .setField(type.findFieldByNumber(2), tame ? 0 : random.nextInt(1_000_000_000)).build();
            }
            case "google.protobuf.Value" -> {
                return part.toBuilder().setField(type.findFieldByName("string_value"), "x").build();
            }
            default -> {
                return tame ? tame(part, depth - 1) : message(part, depth - 1, rarity);
            }
        }
    }

    private ByteString bytes() {
        byte[] bytes = new byte[random.nextInt(8)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private static boolean isAny(Descriptor type) {
        return type.getFullName().equals("google.protobuf.Any");
    }

    /** The message with one field, somewhere in it, cleared, emptied or made strange. */
    public Message mutated(Message message) {
        List<FieldDescriptor> set = new ArrayList<>(message.getAllFields().keySet());
        if (set.isEmpty()) {
            return message;
        }
        FieldDescriptor field = set.get(random.nextInt(set.size()));
        Message.Builder builder = message.toBuilder();
        if (random.nextInt(4) == 0) {
            return builder.clearField(field).build();
        }
        if (field.isMapField()) {
            return builder.clearField(field).build();
        }
        if (field.isRepeated()) {
            int index = random.nextInt(message.getRepeatedFieldCount(field));
            Object strange = strange(message.getRepeatedField(field, index), field);
            return random.nextInt(3) == 0
                    ? builder.addRepeatedField(field, strange).build()
                    : builder.setRepeatedField(field, index, strange).build();
        }
        return builder.setField(field, strange(message.getField(field), field)).build();
    }

    private Object strange(Object value, FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case STRING -> random.nextBoolean() ? "" : random.nextBoolean() ? "bad\nname" : "x".repeat(20_000);
            case BYTE_STRING -> ByteString.EMPTY;
            case BOOLEAN -> !(Boolean) value;
            case INT -> random.nextInt(3) == 0 ? 0 : random.nextInt(1 << random.nextInt(1, 31));
            case LONG -> random.nextInt(3) == 0 ? 0L : random.nextLong() >>> random.nextInt(1, 64);
            case FLOAT -> random.nextFloat(-10, 200);
            case DOUBLE -> random.nextDouble(-10, 200);
            case ENUM -> random.nextBoolean()
                    ? field.getEnumType().findValueByNumberCreatingIfUnknown(99)
                    : field.getEnumType().getValues().getLast();
            case MESSAGE -> isAny(field.getMessageType())
                    ? Any.getDefaultInstance()
                    : isTime(field.getMessageType()) ? time((Message) value) : mutated((Message) value);
        };
    }

    private static boolean isTime(Descriptor type) {
        return type.getFullName().equals("google.protobuf.Duration")
                || type.getFullName().equals("google.protobuf.Timestamp");
    }

    private Message time(Message value) {
        Descriptor type = value.getDescriptorForType();
        return value.toBuilder().setField(type.findFieldByNumber(1), (long) random.nextInt(-2, 3))
                .clearField(type.findFieldByNumber(2)).build();
    }
}
