package io.weir.http.config.tries;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.weir.http.control.HedgeRule;
import io.weir.http.control.TryRules;
import io.weir.xds.compile.ReadContext;

/** Reads what holds for the tries of requests beside their retry policy, on a virtual host and on a route. */
public final class TryRulesReader {
    /** Nobody keeps more of one body in memory than that, whatever is written. */
    private static final int REPLAY_BYTES_MOST = 1 << 30;

    private TryRulesReader() {}

    /** Those of a virtual host. */
    @SuppressWarnings("deprecation") // the older bound is what many files still have
    public static TryRules rules(VirtualHost message, ReadContext context) {
        HedgeRule hedge = message.hasHedgePolicy()
                ? HedgeReader.policy(message.getHedgePolicy(), context.at("hedge_policy"))
                : HedgeRule.NONE;
        int bytes = message.hasRequestBodyBufferLimit()
                ? bytes(message.getRequestBodyBufferLimit().getValue())
                : message.hasPerRequestBufferLimitBytes()
                        ? bytes(Integer.toUnsignedLong(message.getPerRequestBufferLimitBytes().getValue()))
                        : TryRules.REPLAY_BYTES_MAX;
        return new TryRules(hedge, null, bytes, message.getIncludeIsTimeoutRetryHeader());
    }

    /** Those of a route, which go before those of its virtual host. */
    @SuppressWarnings("deprecation") // the older bound is what many files still have
    public static TryRules rules(Route message, TryRules above, ReadContext context) {
        var action = message.getRoute();
        var at = context.at("route");
        HedgeRule hedge = action.hasHedgePolicy()
                ? HedgeReader.policy(action.getHedgePolicy(), at.at("hedge_policy"))
                : above.hedge();
        int bytes = message.hasRequestBodyBufferLimit()
                ? bytes(message.getRequestBodyBufferLimit().getValue())
                : message.hasPerRequestBufferLimitBytes()
                        ? bytes(Integer.toUnsignedLong(message.getPerRequestBufferLimitBytes().getValue()))
                        : above.replayBytesMax();
        return new TryRules(HedgeReader.backups(hedge, message.getMetadata(), context),
                action.hasInternalRedirectPolicy()
                        ? InternalRedirectReader.rule(action.getInternalRedirectPolicy(),
                                at.at("internal_redirect_policy"))
                        : null,
                bytes, above.tellsTimeouts());
    }

    private static int bytes(long unsigned) {
        return unsigned < 0 || unsigned > REPLAY_BYTES_MOST ? REPLAY_BYTES_MOST : (int) unsigned;
    }
}
