package io.weir.http.codec;

/**
 * Why a message of HTTP/2 was refused: it is malformed (RFC 9113 section 8.1.1), would mean something else in HTTP/1,
 * or is beyond a limit. The connection can go on.
 */
public enum FieldReject {
    /** The fields do not fit into the limit, by the count of RFC 9113 section 6.5.2. */
    LIST_TOO_LARGE(431, "http2.headers_too_large"),
    /** More fields than the limit; crumbs of cookies count as one. */
    TOO_MANY_FIELDS(431, "http2.too_many_headers"),
    /** A field name that is empty, not a token, or has a capital letter (RFC 9113 section 8.2.1). */
    FIELD_NAME(400, "http2.invalid_header_name"),
    /** A control character in a value, or white space around it (RFC 9113 section 8.2.1, RFC 9110 section 5.5). */
    FIELD_VALUE(400, "http2.invalid_header_value"),
    /** A field that is about an HTTP/1 connection (RFC 9113 section 8.2.2). */
    CONNECTION_SPECIFIC(400, "http2.connection_header_rejected"),
    /** TE that says anything but trailers, or that is not in a request (RFC 9113 section 8.2.2). */
    TE(400, "http2.invalid_te"),
    /** A pseudo-header field that nobody defined for this connection (RFC 9113 section 8.3, RFC 8441 section 3). */
    PSEUDO_UNKNOWN(400, "http2.unknown_pseudo_header"),
    /** A pseudo-header field behind a field (RFC 9113 section 8.3). */
    PSEUDO_LATE(400, "http2.late_pseudo_header"),
    /** The same pseudo-header field twice (RFC 9113 section 8.3). */
    PSEUDO_REPEATED(400, "http2.repeated_pseudo_header"),
    /** A pseudo-header field that this message can't do without (RFC 9113 sections 8.3.1, 8.3.2 and 8.5). */
    PSEUDO_MISSING(400, "http2.missing_pseudo_header"),
    /**
     * One of a request in a response or the other way, any in trailers (RFC 9113 sections 8.1 and 8.3), path or scheme
     * with CONNECT (section 8.5), a protocol without (RFC 8441 section 4).
     */
    PSEUDO_NOT_ALLOWED(400, "http2.pseudo_header_not_allowed"),
    /** The method is not a token (RFC 9110 section 9.1). */
    METHOD(400, "http2.invalid_method"),
    /** The method is longer than any known. */
    METHOD_TOO_LONG(501, "http2.method_too_long"),
    /** Another scheme than http and https (RFC 9110 section 4.2). */
    SCHEME(400, "http2.invalid_scheme"),
    /** The path does not begin with a slash, or would be no target in HTTP/1 (RFC 9113 section 8.3.1). */
    PATH(400, "http2.invalid_path"),
    /** The protocol of an extended CONNECT is not a token (RFC 8441 section 4). */
    PROTOCOL(400, "http2.invalid_protocol"),
    /** The authority is not host and port, or has user information (RFC 9113 section 8.3.1). */
    AUTHORITY(400, "http2.invalid_authority"),
    /** Neither authority nor Host, which every request of http and https has (RFC 9113 section 8.3.1). */
    HOST_MISSING(400, "http2.missing_host"),
    /** More than one Host (RFC 9112 section 3.2). */
    HOST_REPEATED(400, "http2.repeated_host"),
    /** A Host that is not host and port (RFC 9110 section 7.2). */
    HOST(400, "http2.invalid_host"),
    /** Host and authority differ (RFC 9113 section 8.3.1). */
    HOST_CONFLICT(400, "http2.host_conflict"),
    /** Content-Length is not digits alone, or too large (RFC 9110 section 8.6). */
    CONTENT_LENGTH(400, "http2.invalid_content_length"),
    /** Content-Length more than once, even if equal (RFC 9110 section 8.6 lets a recipient refuse it). */
    CONTENT_LENGTH_REPEATED(400, "http2.repeated_content_length"),
    /** Content-Length where no content can be: in 1xx and 204 (RFC 9110 section 8.6), with CONNECT (section 9.3.6). */
    CONTENT_LENGTH_NOT_ALLOWED(400, "http2.content_length_not_allowed"),
    /** Content-Length of more than the content, which has ended (RFC 9113 section 8.1.1). */
    CONTENT_LENGTH_MISMATCH(400, "http2.content_length_mismatch"),
    /** An expectation other than 100-continue (RFC 9110 section 10.1.1). */
    EXPECTATION(417, "http2.unknown_expectation"),
    /** The status is not three digits (RFC 9113 section 8.3.2, RFC 9110 section 15). */
    STATUS(400, "http2.invalid_status"),
    /** 101, which HTTP/2 has no use for (RFC 9113 section 8.6). */
    SWITCHING_PROTOCOLS(400, "http2.switching_protocols"),
    /** An interim response that ends the stream (RFC 9113 section 8.1). */
    INTERIM_END(400, "http2.interim_response_ends_stream");

    private final int status;
    private final String details;

    FieldReject(int status, String details) {
        this.status = status;
        this.details = details;
    }

    /** The status code that may answer a request refused for this: 400, 417, 431 or 501. */
    public int status() {
        return status;
    }

    /** One word for access logs, in the style of Envoy's response code details. */
    public String details() {
        return details;
    }
}
