package io.weir.http.h2;

import io.netty.buffer.ByteBuf;

/** Our SETTINGS: what differs from the defaults of RFC 9113 section 6.5.2, and the limits. */
final class OwnSettings {
    private static final int HEADER_TABLE_FIRST = 4096;

    private OwnSettings() {}

    static void write(FrameWriter writer, Http2Options options, int listBytesMax, boolean server) {
        boolean table = options.hpackTableBytes() != HEADER_TABLE_FIRST;
        boolean connect = server && options.allowConnect();
        var out = writer.settings(3 + (table ? 1 : 0) + (connect ? 1 : 0));
        if (table) {
            entry(out, Frames.SETTINGS_HEADER_TABLE_SIZE, options.hpackTableBytes());
        }
        if (server) {
            entry(out, Frames.SETTINGS_MAX_CONCURRENT_STREAMS, options.concurrentStreamsMax());
        } else {
            entry(out, Frames.SETTINGS_ENABLE_PUSH, 0);
        }
        entry(out, Frames.SETTINGS_INITIAL_WINDOW_SIZE, options.streamWindowBytes());
        entry(out, Frames.SETTINGS_MAX_HEADER_LIST_SIZE, listBytesMax);
        if (connect) {
            entry(out, Frames.SETTINGS_ENABLE_CONNECT_PROTOCOL, 1);
        }
    }

    /** Another window for streams, those that are open too (RFC 9113 section 6.9.2). */
    static void writeStreamWindow(FrameWriter writer, int bytes) {
        entry(writer.settings(1), Frames.SETTINGS_INITIAL_WINDOW_SIZE, bytes);
    }

    private static void entry(ByteBuf out, int name, int value) {
        out.writeShort(name).writeInt(value);
    }
}
