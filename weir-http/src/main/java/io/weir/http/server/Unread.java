package io.weir.http.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that have come from a client and have not been taken yet. One read's worth as a rule: the socket is not read
 * while there are any, but for what lies in it when the client closes. Belongs to one worker.
 */
final class Unread {
    private @Nullable ByteBuf bytes;

    /** What has just been read, and belongs to this from now on. */
    void add(Channel channel, ByteBuf in) {
        var before = bytes;
        if (before == null) {
            bytes = in;
            return;
        }
        var both = channel.alloc().directBuffer(before.readableBytes() + in.readableBytes());
        both.writeBytes(before).writeBytes(in);
        before.release();
        in.release();
        bytes = both;
    }

    /** The bytes, to be taken from by reading; null when there are none. */
    @Nullable
    ByteBuf bytes() {
        return none() ? null : bytes;
    }

    boolean none() {
        var left = bytes;
        return left == null || !left.isReadable();
    }

    long size() {
        var left = bytes;
        return left == null ? 0 : left.readableBytes();
    }

    /** Hands what is left to somebody else; null when there is nothing. */
    @Nullable
    ByteBuf take() {
        var left = bytes();
        if (left == null) {
            release();
        }
        bytes = null;
        return left;
    }

    /** Lets go of what is left. */
    void release() {
        var left = bytes;
        if (left != null) {
            bytes = null;
            left.release();
        }
    }
}
