package io.weir.xds.message;

import java.util.List;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
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
        return Declared.message("weir/demo/v1/backends.proto", "weir.demo.v1",
                DescriptorProto.newBuilder().setName("Backends")
                        .addField(Declared.field("addresses", 1, FieldDescriptorProto.Type.TYPE_STRING)
                                .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED)));
    }
}
