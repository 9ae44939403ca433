package io.weir.http.h2;

import io.weir.core.stats.Counter;
import org.jspecify.annotations.Nullable;

/**
 * Counts what costs a peer little and us much, and says when it is too much. Every limit has a name; those of Envoy are
 * in {@link Http2Options}, with Envoy's formulas; the others are here. Once a limit is passed the connection has to end
 * with ENHANCE_YOUR_CALM. Belongs to one session.
 */
final class FloodGuard {
    /** How many of a connection's requests may have been reset early before half of all must have been (Envoy's). */
    static final int PREMATURE_RESETS_LOOK = 500;
    /** A reset within this time of a request's head is early (Envoy's default). */
    static final long PREMATURE_NANOS = 1_000_000_000L;
    /** PING, SETTINGS and frames of unknown types that may come at once ... */
    static final int CONTROL_FRAMES_BURST = 1_000;
    /** ... and how many more with each second and each frame of HEADERS and DATA. */
    static final int CONTROL_FRAMES_PER_SECOND = 10;
    /** Entries of one SETTINGS frame: there are nine that mean something. */
    static final int SETTINGS_ENTRIES_MAX = 32;
    /** CONTINUATION frames of one header block (CVE-2024-27316 and its kin). */
    static final int CONTINUATIONS_MAX = 64;
    /** Bytes of heads and control frames that may wait for a peer that does not read. */
    static final int WAITING_BYTES_MAX = 4 << 20;
    /** A WINDOW_UPDATE or two before anything was sent are usual (Envoy's formula). */
    private static final int WINDOW_UPDATES_FREE = 5;

    private final Http2Options options;
    private final Http2Stats stats;
    private final boolean server;
    private int emptyFrames;
    private long streamsOpened;
    private long streamsEnded;
    private long prematureResets;
    private long priorityFrames;
    private long windowUpdates;
    private long dataFramesSent;
    private long controlTokens = CONTROL_FRAMES_BURST;
    private long refilledNanos;
    private @Nullable String tripped;

    FloodGuard(Http2Options options, Http2Stats stats, boolean server, long nowNanos) {
        this.options = options;
        this.stats = stats;
        this.server = server;
        this.refilledNanos = nowNanos;
    }

    /** Which limit was passed, one word; null as long as none was. */
    @Nullable
    String tripped() {
        return tripped;
    }

    private void trip(Counter counter, String what) {
        if (tripped == null) {
            counter.increment();
            tripped = what;
        }
    }

    void streamOpened() {
        streamsOpened++;
    }

    /** DATA goes out, which a peer that measures its window may answer with PING: gRPC does so for each. */
    void dataFrameSent() {
        dataFramesSent++;
        controlTokens = Math.min(CONTROL_FRAMES_BURST, controlTokens + 1);
    }

    /** HEADERS, CONTINUATION or DATA; without payload it counts unless it ends a stream. */
    void messageFrame(boolean empty) {
        if (!empty) {
            emptyFrames = 0;
            controlTokens = Math.min(CONTROL_FRAMES_BURST, controlTokens + 1);
        } else if (++emptyFrames > options.emptyFramesMax()) {
            trip(stats.inboundEmptyFramesFlood, "http2.inbound_empty_frames_flood");
        }
    }

    void priorityFrame() {
        if (++priorityFrames > options.priorityFramesPerStreamMax() * (1 + streamsOpened)) {
            trip(stats.inboundPriorityFramesFlood, "http2.inbound_priority_frames_flood");
        }
    }

    void windowUpdate() {
        if (++windowUpdates > WINDOW_UPDATES_FREE
                + 2 * (streamsOpened + options.windowUpdatesPerDataMax() * dataFramesSent)) {
            trip(stats.inboundWindowUpdateFramesFlood, "http2.inbound_window_update_frames_flood");
        }
    }

    /** PING, SETTINGS, and what no type is known of. */
    void controlFrame(long nowNanos) {
        if (--controlTokens >= 0) {
            return;
        }
        long earned = (nowNanos - refilledNanos) / (1_000_000_000L / CONTROL_FRAMES_PER_SECOND);
        refilledNanos = nowNanos;
        controlTokens = Math.min(CONTROL_FRAMES_BURST, earned) - 1;
        if (controlTokens < 0) {
            trip(stats.inboundControlFramesFlood, "http2.inbound_control_frames_flood");
        }
    }

    void continuations(int count) {
        if (count > CONTINUATIONS_MAX) {
            continuationFlood();
        }
    }

    void continuationFlood() {
        trip(stats.continuationFlood, "http2.continuation_flood");
    }

    /** What waits for a peer that does not read. */
    void waiting(int frames, int controlFrames, int bytes) {
        if (controlFrames > options.outboundControlFramesMax()) {
            trip(stats.outboundControlFlood, "http2.outbound_control_flood");
        } else if (frames > options.outboundFramesMax() || bytes > WAITING_BYTES_MAX) {
            trip(stats.outboundFlood, "http2.outbound_flood");
        }
    }

    /**
     * A client's stream has ended.
     *
     * @param premature
     *            the client has reset it early (CVE-2023-44487), or made us reset it (CVE-2025-8671)
     */
    void streamEnded(boolean premature) {
        streamsEnded++;
        if (!premature) {
            return;
        }
        prematureResets++;
        // Envoy's rule: half of the first 500 are too many as soon as they are that many.
        long looked = Math.max(streamsEnded, PREMATURE_RESETS_LOOK);
        if (server && prematureResets * 2 >= looked) {
            trip(stats.inboundResetsFlood, "http2.too_many_premature_resets");
        }
    }
}
