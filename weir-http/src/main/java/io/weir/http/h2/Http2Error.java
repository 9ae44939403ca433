package io.weir.http.h2;

/** Why a stream or a connection ended: the error codes of RFC 9113 section 7, in the order of their numbers. */
public enum Http2Error {
    /** The end is no error. */
    NO_ERROR,
    /** Something that the protocol does not allow. */
    PROTOCOL_ERROR,
    /** Whoever says this could not go on. */
    INTERNAL_ERROR,
    /** More was sent than a window allows. */
    FLOW_CONTROL_ERROR,
    /** SETTINGS were not acknowledged. */
    SETTINGS_TIMEOUT,
    /** A frame for a stream, or a half of it, that is closed. */
    STREAM_CLOSED,
    /** A frame of a wrong length. */
    FRAME_SIZE_ERROR,
    /** Nobody has looked at the stream. */
    REFUSED_STREAM,
    /** The stream is wanted no more. */
    CANCEL,
    /** Header compression can't go on. */
    COMPRESSION_ERROR,
    /** The connection that CONNECT asked for has broken. */
    CONNECT_ERROR,
    /** The peer does more than is reasonable. */
    ENHANCE_YOUR_CALM,
    /** TLS is not good enough. */
    INADEQUATE_SECURITY,
    /** The request has to come by HTTP/1.1. */
    HTTP_1_1_REQUIRED;

    private static final Http2Error[] ALL = values();

    /** The code on the wire. */
    public int code() {
        return ordinal();
    }

    /** The error of a code; those that nobody knows are taken for INTERNAL_ERROR (RFC 9113 section 7). */
    public static Http2Error of(int code) {
        return code >= 0 && code < ALL.length ? ALL[code] : INTERNAL_ERROR;
    }
}
