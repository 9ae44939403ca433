package io.weir.xds.message;

import com.google.protobuf.BoolValue;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.DynamicMessage;

/**
 * The message {@code PostgresProxy}, which is among Envoy's contributed extensions: the jar of its API has none of
 * these. Names and numbers are those of its API. Any thread.
 */
public final class PostgresMessage {
    private static final String PACKAGE = "envoy.extensions.filters.network.postgres_proxy.v3alpha";
    private static final String NAME = "PostgresProxy";
    private static final String MODES = "SSLMode";
    private static final Descriptor DESCRIPTOR = descriptor();

    private PostgresMessage() {}

    /** The default instance. */
    public static DynamicMessage prototype() {
        return DynamicMessage.getDefaultInstance(DESCRIPTOR);
    }

    /** A text; empty where it is not set. */
    public static String text(DynamicMessage message, String field) {
        return String.valueOf(message.getField(DESCRIPTOR.findFieldByName(field)));
    }

    /** A flag. */
    public static boolean flag(DynamicMessage message, String field) {
        return Boolean.TRUE.equals(message.getField(DESCRIPTOR.findFieldByName(field)));
    }

    /** The name of a value of {@code SSLMode}. */
    public static String mode(DynamicMessage message, String field) {
        return message.getField(DESCRIPTOR.findFieldByName(field)) instanceof EnumValueDescriptor mode
                ? mode.getName()
                : "";
    }

    private static EnumValueDescriptorProto value(String name, int number) {
        return EnumValueDescriptorProto.newBuilder().setName(name).setNumber(number).build();
    }

    private static Descriptor descriptor() {
        String modes = "." + PACKAGE + "." + NAME + "." + MODES;
        var proxy = DescriptorProto.newBuilder().setName(NAME)
                .addEnumType(EnumDescriptorProto.newBuilder().setName(MODES).addValue(value("DISABLE", 0))
                        .addValue(value("REQUIRE", 1)).addValue(value("ALLOW", 2)))
                .addField(Declared.field("stat_prefix", 1, FieldDescriptorProto.Type.TYPE_STRING))
                .addField(Declared.field("enable_sql_parsing", 2, "google.protobuf.BoolValue"))
                .addField(Declared.field("terminate_ssl", 3, FieldDescriptorProto.Type.TYPE_BOOL))
                .addField(Declared.field("upstream_ssl", 4, FieldDescriptorProto.Type.TYPE_ENUM).setTypeName(modes))
                .addField(Declared.field("downstream_ssl", 5, FieldDescriptorProto.Type.TYPE_ENUM).setTypeName(modes));
        return Declared.message(
                "contrib/envoy/extensions/filters/network/postgres_proxy/v3alpha/postgres_proxy.proto", PACKAGE, proxy,
                BoolValue.getDescriptor().getFile());
    }
}
