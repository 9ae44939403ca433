package io.weir.http.h2;

/** What a connection's owner hears of its session, on its worker. */
public interface Http2SessionListener {
    /** Server only: the peer begins a request. Says who hears of it. */
    Http2StreamListener opened(Http2Stream stream);

    /** So many bytes more have been handed to the socket. */
    void sent(long bytes);

    /** A stream has ended, in both directions: there may be room for another, or none be left. */
    void streamClosed();

    /** The peer's SETTINGS hold now: {@link Http2Session#room} may have changed. */
    void settingsChanged();

    /**
     * The peer takes no new streams (RFC 9113 section 6.8). Those that it has not looked at have been reset as
     * {@link Http2Reset#REFUSED}; the others go on.
     */
    void goingAway(Http2Error code);

    /**
     * The session is over: all streams have been reset, the last frame has been written. The connection closes once it
     * has left, which is the owner's to do.
     *
     * @param code
     *            what our GOAWAY said
     */
    void over(Http2Error code, String details);
}
