package io.weir.core.value;

/** Where a request may name its hosts, {@code ADDRESS:PORT,ADDRESS:PORT ...}, the best first. Immutable. */
public sealed interface HostSource {
    /**
     * A header.
     *
     * @param name
     *            in lower case
     */
    record Header(String name) implements HostSource {
    }

    /** Text among what filters say of the request. */
    record Metadata(MetadataPath path) implements HostSource {
    }
}
