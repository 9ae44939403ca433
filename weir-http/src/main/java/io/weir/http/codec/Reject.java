package io.weir.http.codec;

/**
 * Why a message was refused: whatever two recipients could read in two ways, and whatever is beyond a limit. After a
 * refusal nothing more can be read from the connection; it has to be closed. For a response the client is answered 502,
 * whatever {@link #status()} says, which is the answer to a refused request.
 */
public enum Reject {
    /** A control character, NUL included, where none may stand (RFC 9110 section 5.5, RFC 9112 section 3). */
    CONTROL_CHARACTER(400, "http1.invalid_characters"),
    /** CR without LF (RFC 9112 section 2.2). */
    BARE_CR(400, "http1.bare_cr"),
    /** LF without CR, which RFC 9112 section 2.2 lets some recipients take for a line's end. */
    BARE_LF(400, "http1.bare_lf"),
    /** More than one empty line before a request line (RFC 9112 section 2.2), or any before a status line. */
    EMPTY_LINE(400, "http1.empty_line"),
    /** The request line is not three parts with single spaces (RFC 9112 section 3). */
    REQUEST_LINE(400, "http1.invalid_request_line"),
    /** The method is not a token (RFC 9110 section 9.1). */
    METHOD(400, "http1.invalid_method"),
    /** The method is longer than any known (RFC 9112 section 3). */
    METHOD_TOO_LONG(501, "http1.method_too_long"),
    /** The target has none of the four forms, or the form does not fit the method (RFC 9112 section 3.2). */
    TARGET(400, "http1.invalid_url"),
    /** An absolute target of another scheme than http and https (RFC 9110 section 4.2). */
    SCHEME(400, "http1.invalid_scheme"),
    /** The request line does not fit into the limit for heads (RFC 9112 section 3). */
    TARGET_TOO_LONG(414, "http1.url_too_long"),
    /** Not of the form HTTP/digit.digit (RFC 9112 section 2.3). */
    VERSION(400, "http1.invalid_version"),
    /** A version other than HTTP/1.0 and HTTP/1.1 (RFC 9110 section 15.6.6). */
    VERSION_UNSUPPORTED(505, "http1.unsupported_version"),
    /** The status line is not version, three digits, reason (RFC 9112 section 4). */
    STATUS_LINE(400, "http1.invalid_status_line"),
    /**
     * White space at the start of a field line: a folded line, or one before the first (RFC 9112 sections 5.2, 2.2).
     */
    FOLDED_LINE(400, "http1.obs_fold"),
    /** A field name that is empty, not a token, or followed by white space (RFC 9112 section 5.1). */
    FIELD_NAME(400, "http1.invalid_header_name"),
    /** A field line without a colon (RFC 9112 section 5). */
    FIELD_LINE(400, "http1.invalid_header_line"),
    /** The head does not fit into the limit. */
    HEAD_TOO_LARGE(431, "http1.headers_too_large"),
    /** More field lines than the limit. */
    TOO_MANY_FIELDS(431, "http1.too_many_headers"),
    /** No Host in HTTP/1.1 (RFC 9112 section 3.2). */
    HOST_MISSING(400, "http1.missing_host"),
    /** More than one Host (RFC 9112 section 3.2). */
    HOST_REPEATED(400, "http1.repeated_host"),
    /**
     * A Host that is not host and port (RFC 9110 section 7.2), or with user information (section 4.2.4). An empty one
     * is for targets without an authority (RFC 9112 section 3.2), and those of http and https always have one (RFC 9110
     * sections 4.2.1 and 4.2.2): some servers take it for their default host, others refuse it.
     */
    HOST(400, "http1.invalid_host"),
    /** Host and the target's authority differ (RFC 9112 sections 3.2.2 and 3.2.3). */
    HOST_CONFLICT(400, "http1.host_conflict"),
    /** Content-Length is not digits alone, or too large (RFC 9110 section 8.6). */
    CONTENT_LENGTH(400, "http1.invalid_content_length"),
    /** Content-Length more than once, even if equal (RFC 9110 section 8.6 lets a recipient refuse it). */
    CONTENT_LENGTH_REPEATED(400, "http1.repeated_content_length"),
    /** Content-Length where no body can be: in 1xx and 204 (RFC 9110 section 8.6), with CONNECT (section 9.3.6). */
    CONTENT_LENGTH_NOT_ALLOWED(400, "http1.content_length_not_allowed"),
    /** Content-Length together with Transfer-Encoding (RFC 9112 section 6.3). */
    CONTENT_LENGTH_AND_CHUNKED(400, "http1.content_length_and_chunked_not_allowed"),
    /** Transfer-Encoding does not end in one chunked (RFC 9112 section 6.3). */
    TRANSFER_ENCODING(400, "http1.invalid_transfer_encoding"),
    /** Another transfer coding before chunked (RFC 9112 section 6.1). */
    TRANSFER_CODING_UNSUPPORTED(501, "http1.unsupported_transfer_coding"),
    /** Transfer-Encoding in HTTP/1.0, in 1xx and 204 (RFC 9112 section 6.1), with CONNECT (RFC 9110 section 9.3.6). */
    TRANSFER_ENCODING_NOT_ALLOWED(400, "http1.transfer_encoding_not_allowed"),
    /** Connection is not a list of tokens (RFC 9110 section 7.6.1). */
    CONNECTION(400, "http1.invalid_connection_header"),
    /** Connection names a field that is not for one hop alone (RFC 9110 section 7.6.1). */
    CONNECTION_NOMINATES(400, "http1.connection_header_rejected"),
    /** An expectation other than 100-continue (RFC 9110 section 10.1.1). */
    EXPECTATION(417, "http1.unknown_expectation"),
    /** A chunk's size is not hexadecimal digits alone, or too large (RFC 9112 section 7.1). */
    CHUNK_SIZE(400, "http1.invalid_chunk_size"),
    /** A chunk extension out of grammar (RFC 9112 section 7.1.1). */
    CHUNK_EXTENSION(400, "http1.invalid_chunk_extension"),
    /** More chunk extensions than the limit (RFC 9112 section 7.1.1 asks for one). */
    CHUNK_EXTENSION_TOO_LONG(400, "http1.chunk_extension_too_long"),
    /** A chunk's data is not followed by CRLF (RFC 9112 section 7.1). */
    CHUNK_END(400, "http1.invalid_chunk_end");

    private final int status;
    private final String details;

    Reject(int status, String details) {
        this.status = status;
        this.details = details;
    }

    /** The status code that answers a request refused for this: 400, 414, 417, 431, 501 or 505. */
    public int status() {
        return status;
    }

    /** One word for access logs, in the style of Envoy's response code details. */
    public String details() {
        return details;
    }
}
