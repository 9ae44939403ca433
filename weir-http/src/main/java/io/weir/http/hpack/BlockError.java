package io.weir.http.hpack;

/** Why a block could not be decoded (RFC 7541). The connection has to be closed: the tables are no longer alike. */
public enum BlockError {
    /** The block ends within a field. */
    TRUNCATED("hpack.truncated"),
    /** An integer of more octets than any value of use needs (section 5.1). */
    INTEGER("hpack.integer_overflow"),
    /** An index of 0, or beyond both tables (sections 2.3.3 and 6.1). */
    INDEX("hpack.invalid_index"),
    /** The Huffman code's end-of-string symbol (section 5.2). */
    HUFFMAN_END("hpack.huffman_eos"),
    /** Padding behind the Huffman code of more than seven bits, or of others than ones (section 5.2). */
    HUFFMAN_PADDING("hpack.huffman_padding"),
    /** A table size update that is not at the start of the block (section 4.2). */
    SIZE_UPDATE_LATE("hpack.late_size_update"),
    /** More than the two table size updates that section 4.2 has use for. */
    SIZE_UPDATES_TOO_MANY("hpack.too_many_size_updates"),
    /** A table size update beyond the setting (section 6.3). */
    SIZE_UPDATE_TOO_LARGE("hpack.size_update_too_large"),
    /** No table size update where the setting was lowered below the table's size (section 4.2). */
    SIZE_UPDATE_MISSING("hpack.missing_size_update");

    private final String details;

    BlockError(String details) {
        this.details = details;
    }

    /** One word for access logs and GOAWAY. */
    public String details() {
        return details;
    }
}
