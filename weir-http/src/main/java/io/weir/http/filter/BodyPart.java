package io.weir.http.filter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * A piece of a body in a filter's hands: it holds exactly one buffer, and owns it. A step may read it, change its bytes
 * where it owns it alone, take it away, and put another in its place; what is in the part when the step returns goes
 * on, and an empty buffer is no piece at all. Valid within the call that brought it; belongs to one worker.
 */
public final class BodyPart {
    private ByteBuf data = Unpooled.EMPTY_BUFFER;

    /** The bytes, which stay the part's: to be looked at, or retained. They may be shared, and must not be written. */
    public ByteBuf data() {
        return data;
    }

    /** The bytes, which are the caller's from now on; the part is empty. */
    public ByteBuf take() {
        var taken = data;
        data = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    /** Puts other bytes in the place of those that are here, which are released; the part owns the new ones. */
    public void put(ByteBuf other) {
        data.release();
        data = other;
    }

    /** The bytes go nowhere. */
    public void drop() {
        put(Unpooled.EMPTY_BUFFER);
    }
}
