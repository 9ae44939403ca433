package io.weir.http.h2;

/** Numbers of RFC 9113: frame types and flags (section 6), settings (section 6.5.2), sizes. */
final class Frames {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 0x1;
    static final int ACK = 0x1;
    static final int END_HEADERS = 0x4;
    static final int PADDED = 0x8;
    static final int PRIORITY_FLAG = 0x20;

    static final int SETTINGS_HEADER_TABLE_SIZE = 1;
    static final int SETTINGS_ENABLE_PUSH = 2;
    static final int SETTINGS_MAX_CONCURRENT_STREAMS = 3;
    static final int SETTINGS_INITIAL_WINDOW_SIZE = 4;
    static final int SETTINGS_MAX_FRAME_SIZE = 5;
    static final int SETTINGS_MAX_HEADER_LIST_SIZE = 6;
    static final int SETTINGS_ENABLE_CONNECT_PROTOCOL = 8;

    static final int HEAD_BYTES = 9;
    /** The smallest limit that a peer may set, and the one that we set. */
    static final int PAYLOAD_BYTES_MAX = 16_384;
    static final int WINDOW_FIRST = 65_535;
    static final int WINDOW_MAX = Integer.MAX_VALUE;
    static final int STREAM_MAX = Integer.MAX_VALUE;

    private Frames() {}
}
