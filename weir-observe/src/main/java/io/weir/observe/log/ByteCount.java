package io.weir.observe.log;

/** Further byte counts that a record may know, under the names of Envoy's operators. */
public enum ByteCount {
    /** The request's headers. */
    REQUEST_HEADERS_BYTES,
    /** The response's headers. */
    RESPONSE_HEADERS_BYTES,
    /** The response's trailers. */
    RESPONSE_TRAILERS_BYTES,
    /** All bytes to the client. */
    DOWNSTREAM_WIRE_BYTES_SENT,
    /** All bytes from the client. */
    DOWNSTREAM_WIRE_BYTES_RECEIVED,
    /** Header bytes to the client. */
    DOWNSTREAM_HEADER_BYTES_SENT,
    /** Header bytes from the client. */
    DOWNSTREAM_HEADER_BYTES_RECEIVED,
    /** All bytes to the host. */
    UPSTREAM_WIRE_BYTES_SENT,
    /** All bytes from the host. */
    UPSTREAM_WIRE_BYTES_RECEIVED,
    /** Header bytes to the host. */
    UPSTREAM_HEADER_BYTES_SENT,
    /** Header bytes from the host. */
    UPSTREAM_HEADER_BYTES_RECEIVED
}
