package io.weir.xds.compile;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;

import io.weir.xds.resource.Nearest;

import org.jspecify.annotations.Nullable;

/** Finds the reader of an {@code Any}, takes the message out of it and has it read. */
final class TypedConfigs {

    private TypedConfigs() {}

    /** The full name of the message in an {@code Any}; empty when it holds none. */
    static String type(Any any) {
        String url = any.getTypeUrl();
        return url.substring(url.lastIndexOf('/') + 1);
    }

    static <X> @Nullable X read(Findings findings, String path, Any any, Class<X> kind) {
        String type = type(any);
        if (type.isEmpty()) {
            findings.error(path, "", "the extension has no typed_config, so it is not known what it is",
                    "add typed_config with its \"@type\"");
            return null;
        }
        ExtensionReader<?, ?> reader = findings.extensions().reader(type);
        if (reader == null) {
            findings.error(path, type, "Weir does not have this extension yet",
                    Nearest.cure(type, findings.extensions().types(), "remove it, or use one of the extensions in"
                            + " docs/configuration.md"));
            return null;
        }
        if (!kind.isAssignableFrom(reader.kind())) {
            findings.error(path, type, "this extension cannot stand here", "move it to where such extensions belong");
            return null;
        }
        return kind.cast(read(findings, path, any, reader));
    }

    private static <M extends Message, T> @Nullable T read(Findings findings, String path, Any any,
            ExtensionReader<M, T> reader) {
        M message;
        try {
            @SuppressWarnings("unchecked") // the parser of a message's prototype makes messages of its class
            M parsed = (M) reader.prototype().getParserForType().parseFrom(any.getValue());
            message = parsed;
        } catch (InvalidProtocolBufferException e) {
            findings.error(path, reader.type(), "the bytes of this extension cannot be read: " + e.getMessage(),
                    "send the message that its type URL names");
            return null;
        }
        return reader.read(message, new ReadContext(findings, path));
    }
}
