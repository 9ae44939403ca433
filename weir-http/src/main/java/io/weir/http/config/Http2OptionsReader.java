package io.weir.http.config;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.KeepaliveSettings;
import io.weir.http.h2.Http2Options;
import io.weir.http.h2.Http2Options.KeepAlive;
import io.weir.xds.compile.Plain;

/** Reads how HTTP/2 is spoken, with clients or with servers. */
final class Http2OptionsReader {
    /** Envoy's default of {@code interval_jitter}, in percent. */
    private static final double JITTER_PERCENT = 15;

    private Http2OptionsReader() {}

    /**
     * @param streamErrors
     *            what the message around it says of invalid messages, where this one says nothing
     */
    static Http2Options read(Http2ProtocolOptions config, boolean streamErrors) {
        var defaults = Http2Options.DEFAULT;
        return new Http2Options(
                number(config.hasHpackTableSize(), config.getHpackTableSize(), defaults.hpackTableBytes()),
                number(config.hasMaxConcurrentStreams(), config.getMaxConcurrentStreams(),
                        defaults.concurrentStreamsMax()),
                number(config.hasInitialStreamWindowSize(), config.getInitialStreamWindowSize(),
                        defaults.streamWindowBytes()),
                number(config.hasInitialConnectionWindowSize(), config.getInitialConnectionWindowSize(),
                        defaults.connectionWindowBytes()),
                number(config.hasMaxOutboundFrames(), config.getMaxOutboundFrames(), defaults.outboundFramesMax()),
                number(config.hasMaxOutboundControlFrames(), config.getMaxOutboundControlFrames(),
                        defaults.outboundControlFramesMax()),
                number(config.hasMaxConsecutiveInboundFramesWithEmptyPayload(),
                        config.getMaxConsecutiveInboundFramesWithEmptyPayload(), defaults.emptyFramesMax()),
                number(config.hasMaxInboundPriorityFramesPerStream(), config.getMaxInboundPriorityFramesPerStream(),
                        defaults.priorityFramesPerStreamMax()),
                number(config.hasMaxInboundWindowUpdateFramesPerDataFrameSent(),
                        config.getMaxInboundWindowUpdateFramesPerDataFrameSent(),
                        defaults.windowUpdatesPerDataMax()),
                streamErrors(config, streamErrors), keepAlive(config), config.getAllowConnect());
    }

    private static int number(boolean given, UInt32Value value, int otherwise) {
        return given ? Plain.limit(value.getValue()) : otherwise;
    }

    @SuppressWarnings("deprecation") // configurations still have the older name
    private static boolean streamErrors(Http2ProtocolOptions config, boolean otherwise) {
        if (config.hasOverrideStreamErrorOnInvalidHttpMessage()) {
            return config.getOverrideStreamErrorOnInvalidHttpMessage().getValue();
        }
        return config.getStreamErrorOnInvalidHttpMessaging() || otherwise;
    }

    private static KeepAlive keepAlive(Http2ProtocolOptions config) {
        if (!config.hasConnectionKeepalive()) {
            return KeepAlive.NONE;
        }
        KeepaliveSettings settings = config.getConnectionKeepalive();
        double jitter = settings.hasIntervalJitter() ? settings.getIntervalJitter().getValue() : JITTER_PERCENT;
        return new KeepAlive(Plain.nanos(settings.getInterval()), Plain.nanos(settings.getTimeout()), jitter,
                Plain.nanos(settings.getConnectionIdleInterval()));
    }
}
