package io.weir.http.filter.way;

import io.weir.http.codec.HttpHead;
import java.util.ArrayDeque;

/** What trailers are put in; whoever took them may look at them until the exchange ends. Belongs to one worker. */
final class Rooms {
    private final Sink sink;
    private final ArrayDeque<HttpHead> taken = new ArrayDeque<>(0);

    Rooms(Sink sink) {
        this.sink = sink;
    }

    /** An empty one. */
    HttpHead take() {
        var room = sink.room();
        taken.add(room);
        return room;
    }

    /** Gives all back. */
    void clear() {
        for (var room = taken.poll(); room != null; room = taken.poll()) {
            sink.giveBack(room);
        }
    }
}
