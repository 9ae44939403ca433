package io.weir.observe.log;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What went wrong with a request or connection: Envoy's response flags, in the order Envoy prints them. */
public enum ResponseFlag {
    /** Failed local health check. */
    LH("FailedLocalHealthCheck"),
    /** No healthy upstream. */
    UH("NoHealthyUpstream"),
    /** Upstream request timeout. */
    UT("UpstreamRequestTimeout"),
    /** Local reset. */
    LR("LocalReset"),
    /** Upstream remote reset. */
    UR("UpstreamRemoteReset"),
    /** Upstream connection failure. */
    UF("UpstreamConnectionFailure"),
    /** Upstream connection termination. */
    UC("UpstreamConnectionTermination"),
    /** Upstream overflow. */
    UO("UpstreamOverflow"),
    /** No route found. */
    NR("NoRouteFound"),
    /** Delay injected. */
    DI("DelayInjected"),
    /** Fault injected. */
    FI("FaultInjected"),
    /** Rate limited. */
    RL("RateLimited"),
    /** Unauthorized external service. */
    UAEX("UnauthorizedExternalService"),
    /** Rate limit service error. */
    RLSE("RateLimitServiceError"),
    /** Downstream connection termination. */
    DC("DownstreamConnectionTermination"),
    /** Upstream retry limit exceeded. */
    URX("UpstreamRetryLimitExceeded"),
    /** Stream idle timeout. */
    SI("StreamIdleTimeout"),
    /** Invalid envoy request headers. */
    IH("InvalidEnvoyRequestHeaders"),
    /** Downstream protocol error. */
    DPE("DownstreamProtocolError"),
    /** Upstream max stream duration reached. */
    UMSDR("UpstreamMaxStreamDurationReached"),
    /** Response from cache filter. */
    RFCF("ResponseFromCacheFilter"),
    /** No filter config found. */
    NFCF("NoFilterConfigFound"),
    /** Duration timeout. */
    DT("DurationTimeout"),
    /** Upstream protocol error. */
    UPE("UpstreamProtocolError"),
    /** No cluster found. */
    NC("NoClusterFound"),
    /** Overload manager terminated. */
    OM("OverloadManagerTerminated"),
    /** Dns resolution failed. */
    DF("DnsResolutionFailed"),
    /** Drop overload. */
    DO("DropOverload"),
    /** Downstream remote reset. */
    DR("DownstreamRemoteReset"),
    /** Unconditional drop overload. */
    UDO("UnconditionalDropOverload");

    private static final ResponseFlag[] ALL = values();
    private static final Map<String, ResponseFlag> BY_NAME = new HashMap<>();

    static {
        for (ResponseFlag flag : ALL) {
            BY_NAME.put(flag.name(), flag);
        }
    }

    private final String longName;

    ResponseFlag(String longName) {
        this.longName = longName;
    }

    /** Its bit in {@link AccessRecord#flags()}. */
    @SuppressWarnings("EnumOrdinal") // a bit within this process, never kept anywhere
    public long bit() {
        return 1L << ordinal();
    }

    /** Envoy's long name: {@code UpstreamConnectionFailure}. */
    public String longName() {
        return longName;
    }

    /** The flag of this short name, null when there is none. */
    public static @Nullable ResponseFlag find(String shortName) {
        return BY_NAME.get(shortName);
    }

    /** Appends the names of these flags with commas between. */
    static void append(long flags, boolean longNames, LogBuffer out) {
        boolean first = true;
        for (ResponseFlag flag : ALL) {
            if ((flags & flag.bit()) != 0) {
                if (!first) {
                    out.append(',');
                }
                out.append(longNames ? flag.longName : flag.name());
                first = false;
            }
        }
    }
}
