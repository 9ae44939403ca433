package io.weir.xds.check;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;

import org.jspecify.annotations.Nullable;

import io.weir.xds.yaml.MessageTypes;

/**
 * Messages as the checks walk them. A generated message answers {@code getField} through reflection that is set up
 * class by class, at a cost that a cold start feels; the same bytes as a dynamic message answer from a table.
 */
final class Views {
    private Views() {}

    /** The same message, in the form whose fields are cheap to ask for. */
    static Message of(Message message) {
        if (message instanceof DynamicMessage) {
            return message;
        }
        try {
            return DynamicMessage.parseFrom(message.getDescriptorForType(), message.toByteString());
        } catch (InvalidProtocolBufferException e) {
            return message; // nested deeper than the parser goes: slower, and as right
        }
    }

    /** The full name of the message in an Any. */
    static String typeName(Message any) {
        String url = any instanceof Any generated
                ? generated.getTypeUrl()
                : (String) any.getField(any.getDescriptorForType().findFieldByNumber(Any.TYPE_URL_FIELD_NUMBER));
        return url.substring(url.lastIndexOf('/') + 1);
    }

    /** The message in an Any; null when its type is not known. */
    static @Nullable Message inside(Message any, MessageTypes types) throws InvalidProtocolBufferException {
        Message prototype = types.find(typeName(any));
        if (prototype == null) {
            return null;
        }
        ByteString bytes = any instanceof Any generated
                ? generated.getValue()
                : (ByteString) any.getField(any.getDescriptorForType().findFieldByNumber(Any.VALUE_FIELD_NUMBER));
        return DynamicMessage.parseFrom(prototype.getDescriptorForType(), bytes);
    }

    static boolean isAny(Descriptor type) {
        return type.getFullName().equals("google.protobuf.Any");
    }
}
