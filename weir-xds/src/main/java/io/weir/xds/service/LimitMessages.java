package io.weir.xds.service;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.weir.xds.compile.Plain;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The messages of {@code envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit}. Stateless. */
public final class LimitMessages {
    /** Where the service listens. */
    public static final String PATH = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";

    private LimitMessages() {}

    /**
     * What the service says.
     *
     * @param over
     *            whether a limit is reached
     * @param metadata
     *            what it tells logs and rules
     */
    public record Verdict(boolean over, Map<String, Object> metadata) {
    }

    /**
     * The question.
     *
     * @param descriptors
     *            each the keys and values of what is counted, in order
     */
    public static byte[] request(String domain, List<List<Map.Entry<String, String>>> descriptors) {
        var request = RateLimitRequest.newBuilder().setDomain(domain);
        for (var descriptor : descriptors) {
            var message = RateLimitDescriptor.newBuilder();
            for (var entry : descriptor) {
                message.addEntries(RateLimitDescriptor.Entry.newBuilder().setKey(entry.getKey())
                        .setValue(entry.getValue()));
            }
            request.addDescriptors(message);
        }
        return request.build().toByteArray();
    }

    /** Null: it cannot be read, or says neither yes nor no. */
    public static @Nullable Verdict verdict(byte[] answer) {
        try {
            RateLimitResponse response = RateLimitResponse.parseFrom(answer);
            Code code = response.getOverallCode();
            return code == Code.OK || code == Code.OVER_LIMIT
                    ? new Verdict(code == Code.OVER_LIMIT,
                            Plain.map(response.getDynamicMetadata()))
                    : null;
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }
}
