package io.weir.http.h2;

/** What the peer's SETTINGS say (RFC 9113 section 6.5.2), entry by entry as they come. One per session. */
final class PeerSettings {
    /** How many streams a peer is taken to allow before it has said so. */
    private static final int STREAMS_UNKNOWN_MAX = 100;
    private static final int FRAME_BYTES_CEILING = 0xffffff;

    private final Http2Session session;
    private final Http2Heads heads;
    private int streamsMax = STREAMS_UNKNOWN_MAX;
    private boolean streamsKnown;
    private boolean extendedConnect;

    PeerSettings(Http2Session session, Http2Heads heads) {
        this.session = session;
        this.heads = heads;
    }

    /** How many streams we may have open. */
    int streamsMax() {
        return streamsMax;
    }

    /** Whether the peer takes an extended CONNECT (RFC 8441 section 3). */
    boolean extendedConnect() {
        return extendedConnect;
    }

    /** One entry; a wrong value ends the session. */
    void entry(int name, int value) {
        switch (name) {
            case Frames.SETTINGS_HEADER_TABLE_SIZE -> heads.peerTableMax(unsigned(value));
            case Frames.SETTINGS_ENABLE_PUSH -> {
                if (!flag(value) || (value == 1 && !session.server())) {
                    session.error(Http2Error.PROTOCOL_ERROR, "http2.invalid_enable_push");
                }
            }
            case Frames.SETTINGS_MAX_CONCURRENT_STREAMS -> {
                streamsKnown = true;
                streamsMax = unsigned(value);
            }
            case Frames.SETTINGS_INITIAL_WINDOW_SIZE -> {
                if (value < 0 || !session.outbound().streamWindow(value)) {
                    session.error(Http2Error.FLOW_CONTROL_ERROR, "http2.invalid_initial_window_size");
                }
            }
            case Frames.SETTINGS_MAX_FRAME_SIZE -> {
                // frames of the smallest limit are sent, whatever else is allowed: streams take fairer turns
                if (value < Frames.PAYLOAD_BYTES_MAX || value > FRAME_BYTES_CEILING) {
                    session.error(Http2Error.PROTOCOL_ERROR, "http2.invalid_max_frame_size");
                }
            }
            case Frames.SETTINGS_ENABLE_CONNECT_PROTOCOL -> {
                if (!flag(value) || (value == 0 && extendedConnect)) { // once given it is not taken back
                    session.error(Http2Error.PROTOCOL_ERROR, "http2.invalid_enable_connect_protocol");
                }
                extendedConnect = value == 1;
            }
            default -> {
                // what is not known is ignored; the header list's limit is advice
            }
        }
    }

    private static boolean flag(int value) {
        return value == 0 || value == 1;
    }

    private static int unsigned(int value) {
        return value < 0 ? Integer.MAX_VALUE : value;
    }

    /** All entries of the frame have been told. A peer that names no limit of streams has none. */
    void complete() {
        if (!streamsKnown) {
            streamsKnown = true;
            streamsMax = Integer.MAX_VALUE;
        }
    }
}
