package io.weir.http.h2;

import java.util.function.Consumer;

/** The streams of a session, for who looks at all of them. */
public final class OpenStreams {
    private OpenStreams() {}

    /** Shows each stream that is open at the moment. For rare events: it makes an array. On the session's worker. */
    public static void each(Http2Session session, Consumer<Http2Stream> shown) {
        for (var stream : session.table().all()) {
            if (stream != null && !stream.over) {
                shown.accept(stream);
            }
        }
    }
}
