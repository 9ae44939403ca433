package io.weir.xds.yaml;

import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;

import io.weir.xds.resource.Problem;

/**
 * A tree as a message, by an own walk over the message's descriptor, so that all problems are found at once and each
 * has its place. As lenient as Envoy's loader (the JSON mapping of protobuf, with field names in snake or camel case,
 * enum values in any case, one value for a repeated field, null for "not set") and as strict: an unknown field, an
 * unknown type and a number for a text are errors. Immutable; any thread.
 *
 * @see <a href="https://protobuf.dev/programming-guides/json/">ProtoJSON format</a>
 */
public final class ProtoReader {
    /** After so many problems reading goes on, but nothing more is reported. */
    public static final int PROBLEMS_MAX = 500;

    private final MessageTypes types;

    /**
     * @param types
     *            what the {@code @type} of an {@code Any} may name
     */
    public ProtoReader(MessageTypes types) {
        this.types = types;
    }

    /**
     * Reads a tree.
     *
     * @param node
     *            the tree; its root must be a mapping, unless the message has a form of its own (a duration ...)
     * @param prototype
     *            any instance of the message wanted
     * @param path
     *            what the paths of problems and positions begin with; empty for a whole file
     */
    public <T extends Message> Read<T> read(Node node, T prototype, String path) {
        List<Problem> problems = new ArrayList<>();
        Positions positions = new Positions();
        Trail trail = new Trail(path, positions, problems);
        positions.put(path, node.at());
        Message message = new MessageWalk(types, trail).message(node, prototype.getDescriptorForType());
        ByteString bytes = message == null ? ByteString.EMPTY : message.toByteString();
        try {
            // Only the parser of the generated class is used: its setters by reflection would cost a cold start dearly.
            @SuppressWarnings("unchecked")
            T read = (T) prototype.getParserForType().parseFrom(bytes);
            return new Read<>(read, positions, problems);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message that was just written cannot be read", e);
        }
    }
}
