package io.weir.http.h2;

/**
 * How much of the connection's window each stream may take of it (RFC 9113 sections 5.2.2 and 6.9.2). The windows of
 * all streams together are far larger than the connection's, so that one busy stream may use all of it. Where owners do
 * not take what has come, a few such streams would hold the whole window, and all others would stand still. So once
 * more than half of it waits for owners, the peer is told of a smaller SETTINGS_INITIAL_WINDOW_SIZE: streams that hold
 * more than that have a negative window and bring nothing more, and what the others may bring is half of what is left.
 * That is done again as often as it takes.
 *
 * <p>
 * Until the peer has heard it sends by the windows it was given, and a quick one may have sent all by then. That is
 * what the reserve is for: once streams are so small that all that may be open fit into it, the connection is given
 * that much more, and has it taken back when owners have taken most of what waits. So what waits is at most 5/4 of the
 * connection's window.
 *
 * <p>
 * One per session.
 */
final class WindowShares {
    /** A smaller window would cost more in WINDOW_UPDATE than it holds. */
    static final int STREAM_BYTES_MIN = 1024;
    /** Windows grow while owners still hold something only where it is worth a frame: by this factor. */
    private static final int WORTH = 4;

    private final Http2Session session;
    private final Inbound inbound;
    private final int streamMax;
    private final int half;
    private final int quarter;
    /** What the windows of streams are counted by: the larger of what was announced last and what is acknowledged. */
    private int counted;
    /** The last SETTINGS_INITIAL_WINDOW_SIZE of ours. */
    private int announced;
    /** Whether SETTINGS of ours are on their way: there are no others before they are acknowledged (section 6.5.3). */
    private boolean awaited = true;
    /** Whether the connection has the reserve. */
    private boolean lent;

    WindowShares(Http2Session session, Inbound inbound, int streamMax, int connectionMax) {
        this.session = session;
        this.inbound = inbound;
        this.streamMax = streamMax;
        this.half = connectionMax / 2;
        this.quarter = connectionMax / 4;
        this.counted = streamMax;
        this.announced = streamMax;
    }

    /** The window of a new stream, and what a window is counted by. */
    int counted() {
        return counted;
    }

    /** What a stream's window will be counted by when the peer has heard everything. */
    int announced() {
        return announced;
    }

    /**
     * What waits for owners has changed.
     *
     * @param unread
     *            bytes that wait for owners
     * @param left
     *            bytes that the connection may bring beside them
     */
    void weigh(int unread, int left) {
        if (awaited) {
            return;
        }
        if (unread > half) {
            tighten(left);
        } else if (announced < streamMax) {
            loosen(unread, left);
        }
    }

    private void tighten(int left) {
        if (left < quarter && !lent) {
            int least = least();
            if (announced > least) {
                announce(least);
            } else {
                lent = true;
                inbound.lend(quarter);
            }
        } else if ((long) sharers() * announced > left) {
            int fair = Math.max(least(), fair(left));
            if (fair < announced) {
                announce(fair);
            }
        }
    }

    private void loosen(int unread, int left) {
        int wider = unread <= quarter && !lent
                ? streamMax
                : Math.min(streamMax, fair(left - (lent ? quarter : 0)));
        if (wider == streamMax || wider / WORTH >= announced) {
            announce(wider);
        }
    }

    /**
     * Takes the reserve back, as soon as that much was handed on and is not given back.
     *
     * @return how much of that is kept
     */
    int repaid(int unread, int handedOn) {
        if (!lent || unread > half || handedOn < quarter) {
            return 0;
        }
        lent = false;
        return quarter;
    }

    /** So small that all streams that may be open fit into the reserve. */
    private int least() {
        int streams = session.options().concurrentStreamsMax();
        if (!session.server()) {
            streams = Math.min(streams, session.peer().streamsMax());
        }
        return Math.min(streamMax, Math.max(STREAM_BYTES_MIN, quarter / Math.max(1, streams)));
    }

    /**
     * Half of what is left for those that are open; the other half is for those that come before it is weighed anew.
     */
    private int fair(int left) {
        return left / (2 * sharers());
    }

    /** One more may always come. */
    private int sharers() {
        return Math.max(2, session.table().size());
    }

    private void announce(int bytes) {
        announced = bytes;
        awaited = true;
        OwnSettings.writeStreamWindow(session.writer(), bytes);
        session.timer().settingsSent(); // a peer that says nothing to them would keep all shares as they are
        if (bytes > counted) {
            inbound.moveStreamWindows(bytes - counted); // the peer may use it as soon as it knows
            counted = bytes;
        }
    }

    /** The peer has acknowledged our SETTINGS: from its acknowledgement on it sends by them. */
    void acknowledged() {
        awaited = false;
        if (announced < counted) {
            int difference = announced - counted;
            counted = announced;
            inbound.moveStreamWindows(difference);
        }
    }
}
