package io.weir.http.hpack;

/**
 * Takes the fields of a block, in their order. A field that stands in a table is the same each time it comes, so that
 * whatever a sink finds out about its name and value alone has to be found out once: that is the tag.
 */
@FunctionalInterface
public interface FieldSink {
    /**
     * One field. Its bytes stand as {@code name: value CRLF} in {@code bytes} from {@code start} on, and only until
     * this returns; nothing about them was checked.
     *
     * @param tag
     *            what this answered when the same table entry came before, 0 when it did not
     * @param sensitive
     *            the field must never be compressed by a table (RFC 7541 section 6.2.3), at no later hop either
     * @return the tag to remember with this field, by which the sink knows what it found
     */
    int field(byte[] bytes, int start, int nameLength, int valueLength, int tag, boolean sensitive);
}
