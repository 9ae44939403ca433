package io.weir.xds.message;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.util.Arrays;

/** How messages are declared that no jar has, and how their fields are read. Stateless. */
public final class Declared {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Declared() {}

    /** A field that is there once. */
    public static FieldDescriptorProto.Builder field(String name, int number, FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder().setName(name).setNumber(number)
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL).setType(type);
    }

    /**
     * A field that holds a message.
     *
     * @param type
     *            its full name, without a dot before it
     */
    public static FieldDescriptorProto.Builder field(String name, int number, String type) {
        return field(name, number, FieldDescriptorProto.Type.TYPE_MESSAGE).setTypeName("." + type);
    }

    /**
     * The message by its file, of which it is the only one.
     *
     * @param file
     *            the file's name
     * @param needed
     *            the files of the messages that its fields hold
     */
    public static Descriptor message(String file, String packageName, DescriptorProto.Builder message,
            FileDescriptor... needed) {
        var declared = FileDescriptorProto.newBuilder().setName(file).setPackage(packageName).setSyntax("proto3")
                .addAllDependency(Arrays.stream(needed).map(FileDescriptor::getName).toList()).addMessageType(message)
                .build();
        try {
            return FileDescriptor.buildFrom(declared, needed).getMessageTypes().getFirst();
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException(file + ": what is declared does not hold together", e);
        }
    }

    /** A duration in nanoseconds, or another where it is not there. */
    public static long nanos(DynamicMessage message, String field, long otherwise) {
        var descriptor = message.getDescriptorForType().findFieldByName(field);
        if (!message.hasField(descriptor)) {
            return otherwise;
        }
        var given = (Message) message.getField(descriptor);
        var type = given.getDescriptorForType();
        return (Long) given.getField(type.findFieldByNumber(Duration.SECONDS_FIELD_NUMBER)) * NANOS_PER_SECOND
                + (Integer) given.getField(type.findFieldByNumber(Duration.NANOS_FIELD_NUMBER));
    }
}
