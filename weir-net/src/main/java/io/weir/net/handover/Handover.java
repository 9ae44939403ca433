package io.weir.net.handover;

import java.util.concurrent.TimeUnit;

/**
 * What two processes say to each other. The new one says {@link #WORD}; the old one says it too, with its process id
 * and its epoch, then a line for each address it listens on, followed by the descriptors of its sockets, then
 * {@link #END}. The new one opens its listeners, and says what it {@link #TOOK} and that it is {@link #SERVING}, or
 * that it has {@link #FAILED} and why. From then on the old one tells its connections and counters until it ends.
 */
final class Handover {
    /** The version of all this; whoever speaks another one is left alone. */
    static final String WORD = "weir-handover 1";
    static final String SOCKETS = "sockets";
    static final String END = "end";
    static final String TOOK = "took";
    static final String SERVING = "serving";
    static final String FAILED = "failed";
    static final String CONNECTIONS = "connections";
    static final String COUNTER = "counter";
    /** Who leaves tells its connections every second: one that is silent for so long is taken for gone. */
    static final long SILENCE_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    private Handover() {}
}
