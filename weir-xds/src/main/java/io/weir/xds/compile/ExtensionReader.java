package io.weir.xds.compile;

import com.google.protobuf.Message;

import io.weir.xds.yaml.MessageTypes;

import org.jspecify.annotations.Nullable;

/**
 * Reads one type of extension: what stands in a {@code typed_config}. The one class of an extension that sees protobuf
 * types; what it returns is a plain record that the extension's own module understands.
 *
 * <p>
 * A reader has no state and may be called from any thread. The field types and the rules of the API (PGV) are checked
 * by others, for the message and everything in it; a reader need not check them again. A message that breaks a rule is
 * read all the same, so that all problems are told at once: a reader must not throw on it.
 *
 * @param <M>
 *            the message of the extension
 * @param <T>
 *            what it becomes
 */
public interface ExtensionReader<M extends Message, T> {

    /** The default instance of the message, which is the type. */
    M prototype();

    /** The full name of the message, as behind the last slash of a type URL. */
    default String type() {
        return MessageTypes.fullName(prototype());
    }

    /** The class of what {@link #read} returns; a place that needs another class refuses this extension there. */
    Class<T> kind();

    /**
     * Reads a message.
     *
     * @return what it says, or null after having reported why it cannot be read; a reader reports everything that it
     *         finds, not only the first problem
     */
    @Nullable
    T read(M config, ReadContext context);
}
