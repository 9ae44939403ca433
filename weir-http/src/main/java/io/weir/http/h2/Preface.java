package io.weir.http.h2;

import io.netty.buffer.ByteBuf;

/** What a client's connection begins with (RFC 9113 section 3.4), for whoever does not know yet what it speaks. */
public final class Preface {
    public static final int BYTES = Dispatch.PREFACE.length;

    private Preface() {}

    /** How many of these bytes, which are not taken, are those that it begins with. */
    public static int begun(ByteBuf bytes) {
        int most = Math.min(bytes.readableBytes(), BYTES);
        int same = 0;
        while (same < most && bytes.getByte(bytes.readerIndex() + same) == Dispatch.PREFACE[same]) {
            same++;
        }
        return same;
    }
}
