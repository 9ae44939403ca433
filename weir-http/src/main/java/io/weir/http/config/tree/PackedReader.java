package io.weir.http.config.tree;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads what an {@code Any} holds, where only few types can stand: no reader is registered for them. Stateless. */
public final class PackedReader {
    private PackedReader() {}

    /** The full name of the type; empty where nothing is packed. */
    public static String type(Any any) {
        String url = any.getTypeUrl();
        return url.substring(url.lastIndexOf('/') + 1);
    }

    /** The message, or null after a problem. */
    public static <M> @Nullable M unpack(Any any, Parser<M> parser, ReadContext at) {
        try {
            return parser.parseFrom(any.getValue());
        } catch (InvalidProtocolBufferException e) {
            at.problem("typed_config", type(any), "the bytes here are not of the type that is named", "send them anew");
            return null;
        }
    }
}
