package io.weir.net.sniff;

import io.netty.buffer.ByteBuf;

/** One listener filter's look at one connection. The worker's. */
interface Look {
    /** What it comes to. */
    enum Answer {
        /** More bytes are needed. */
        MORE,
        /** It knows what it wants to know. */
        DONE,
        /** The connection is to be closed. */
        REFUSED
    }

    /**
     * Looks at everything that has come and is not consumed, more of it each time; at nothing before the first byte.
     * What is read off the buffer nobody behind it sees.
     */
    Answer look(ByteBuf bytes);
}
