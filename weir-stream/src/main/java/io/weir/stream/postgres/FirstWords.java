package io.weir.stream.postgres;

/**
 * What the first eight bytes of a session ask for. Source: PostgreSQL 17, chapter 53.7, Message Formats: a length,
 * itself counted, and a code, both in network order.
 */
enum FirstWords {
    /** SSLRequest: TLS, and nothing behind it until that is answered. */
    TLS,
    /** The beginning of a ClientHello: TLS at once, from PostgreSQL 17 on. */
    HELLO,
    /** GSSENCRequest: the encryption of GSSAPI. */
    GSS,
    /** CancelRequest: another session's work is to end. Nobody answers it. */
    CANCEL,
    /** StartupMessage: the session begins as it is. */
    STARTUP,
    /** None of these. */
    UNKNOWN;

    /** So many bytes of a session tell. */
    static final int BYTES = 8;
    /** The code of {@link #TLS}. */
    static final int TLS_CODE = 80_877_103;
    /** PostgreSQL itself takes no longer beginning. */
    static final int STARTUP_BYTES_MAX = 10_000;

    /** The type of a record with a message of a handshake (RFC 8446 section 5.1); a length that begins so is none. */
    private static final int HANDSHAKE = 22;
    private static final int CANCEL_BYTES = 16;
    private static final int GSS_CODE = 80_877_104;
    private static final int CANCEL_CODE = 80_877_102;
    private static final int MAJOR = 3;

    static FirstWords of(int length, int code) {
        if (length >>> 3 * Byte.SIZE == HANDSHAKE) {
            return HELLO;
        }
        if (code == TLS_CODE || code == GSS_CODE) {
            return length != BYTES ? UNKNOWN : code == TLS_CODE ? TLS : GSS;
        }
        if (code == CANCEL_CODE) {
            return length == CANCEL_BYTES ? CANCEL : UNKNOWN;
        }
        return code >>> Short.SIZE == MAJOR && length >= BYTES && length <= STARTUP_BYTES_MAX ? STARTUP : UNKNOWN;
    }
}
