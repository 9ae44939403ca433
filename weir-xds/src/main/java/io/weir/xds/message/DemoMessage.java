package io.weir.xds.message;

import java.util.List;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;

/**
 * The message that asks for demo backends, a bootstrap extension of Weir's own: {@code message Backends { repeated
 * string addresses = 1; }} in package {@code weir.demo.v1}. Any thread.
 */
public final class DemoMessage {

    /** Its full name. */
    public static final String TYPE = "weir.demo.v1.Backends";

    private static final Descriptor DESCRIPTOR = descriptor();
    private static final FieldDescriptor ADDRESSES = DESCRIPTOR.findFieldByNumber(1);

    private DemoMessage() {}

    /** The default instance. */
    public static DynamicMessage prototype() {
        return DynamicMessage.getDefaultInstance(DESCRIPTOR);
    }

    /** Where a backend is asked for, one text each: {@code 127.0.0.1:20101}. */
    public static List<String> addresses(DynamicMessage message) {
        return ((List<?>) message.getField(ADDRESSES)).stream().map(String.class::cast).toList();
    }

    private static Descriptor descriptor() {
        var addresses = FieldDescriptorProto.newBuilder().setName("addresses").setJsonName("addresses").setNumber(1)
                .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED).setType(FieldDescriptorProto.Type.TYPE_STRING);
        var file = FileDescriptorProto.newBuilder().setName("weir/demo/v1/backends.proto").setPackage("weir.demo.v1")
                .setSyntax("proto3").addMessageType(DescriptorProto.newBuilder().setName("Backends")
                        .addField(addresses))
                .build();
        try {
            return FileDescriptor.buildFrom(file, new FileDescriptor[0]).findMessageTypeByName("Backends");
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException("the descriptor written here does not hold together", e);
        }
    }
}
