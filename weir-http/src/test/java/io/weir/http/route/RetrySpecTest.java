package io.weir.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.time.ExponentialBackOff;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeaderMatch;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetrySpecTest {
    private static RetrySpec on(RetryOn... conditions) {
        return RetrySpec.of(Set.of(conditions), 1);
    }

    private static boolean onStatus(RetrySpec spec, int status) {
        return spec.onResponse(Heads.response(status));
    }

    private static HttpHead method(String method) {
        return Heads.request(method, "a.example", "/");
    }

    @Test
    void theBuiltInPolicyRepeatsWhatNoServerSawAndResetsOfIdempotentMethods() {
        var spec = RetrySpec.builtIn();
        assertThat(spec.retriesMax()).isEqualTo(2);
        assertThat(spec.onConnectFailure()).isTrue();
        assertThat(spec.on(RetryOn.REFUSED_STREAM)).isTrue();
        for (String method : List.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE")) {
            assertThat(spec.onReset(method(method), true)).as(method).isTrue();
        }
        for (String method : List.of("POST", "PATCH", "get", "CONNECT", "PURGE")) {
            assertThat(spec.onReset(method(method), true)).as(method).isFalse();
            assertThat(spec.onReset(method(method), false)).as(method).isTrue();
        }
        assertThat(List.of(404, 409, 500, 502, 503)).noneMatch(status -> onStatus(spec, status));
    }

    @Test
    void nothingIsRepeatedWhenRetriesAreOff() {
        assertThat(RetrySpec.off().allows(method("GET"))).isFalse();
        assertThat(RetrySpec.of(Set.of(RetryOn.RESET), 0).allows(method("GET"))).isFalse();
        assertThat(RetrySpec.builtIn().allows(method("GET"))).isTrue();
    }

    @Test
    void eachConditionHasItsStatuses() {
        assertThat(onStatus(on(RetryOn.SERVER_ERROR), 500)).isTrue();
        assertThat(onStatus(on(RetryOn.SERVER_ERROR), 599)).isTrue();
        assertThat(onStatus(on(RetryOn.SERVER_ERROR), 499)).isFalse();
        assertThat(onStatus(on(RetryOn.GATEWAY_ERROR), 500)).isFalse();
        assertThat(onStatus(on(RetryOn.GATEWAY_ERROR), 502)).isTrue();
        assertThat(onStatus(on(RetryOn.GATEWAY_ERROR), 504)).isTrue();
        assertThat(onStatus(on(RetryOn.GATEWAY_ERROR), 505)).isFalse();
        assertThat(onStatus(on(RetryOn.RETRIABLE_4XX), 409)).isTrue();
        assertThat(onStatus(on(RetryOn.RETRIABLE_4XX), 404)).isFalse();
        var codes = new RetrySpec(RetrySpec.bits(Set.of(RetryOn.RETRIABLE_STATUS_CODES)), 1, 0, 0,
                ExponentialBackOff.NONE, new int[]{203, 418}, List.of(), List.of());
        assertThat(onStatus(codes, 203)).isTrue();
        assertThat(onStatus(codes, 418)).isTrue();
        assertThat(onStatus(codes, 419)).isFalse();
    }

    @Test
    void serverErrorsIncludeResetsAndConnectFailures() {
        for (var condition : List.of(RetryOn.SERVER_ERROR, RetryOn.GATEWAY_ERROR, RetryOn.RESET)) {
            assertThat(on(condition).onConnectFailure()).isTrue();
            assertThat(on(condition).onReset(method("POST"), true)).isTrue();
        }
        assertThat(on(RetryOn.CONNECT_FAILURE).onReset(method("GET"), false)).isFalse();
        assertThat(on(RetryOn.RETRIABLE_4XX).onConnectFailure()).isFalse();
    }

    @Test
    void aRateLimitedResponseIsFinalUnlessItIsAskedFor() {
        var limited = Heads.response(503, "x-envoy-ratelimited: true");
        assertThat(on(RetryOn.SERVER_ERROR).onResponse(limited)).isFalse();
        assertThat(on(RetryOn.ENVOY_RATELIMITED).onResponse(limited)).isTrue();
        assertThat(on(RetryOn.ENVOY_RATELIMITED).onResponse(Heads.response(503))).isFalse();
    }

    @Test
    void headersOfTheResponseAndOfTheRequestDecideWhereTheyAreNamed() {
        var again = new HeaderMatch("x-again", new HeaderMatch.Test.Present(true), false, false);
        var spec = new RetrySpec(RetrySpec.bits(Set.of(RetryOn.RETRIABLE_HEADERS)), 1, 0, 0,
                ExponentialBackOff.NONE, new int[0], List.of(again), List.of(HeaderMatch.method("GET")));
        assertThat(spec.onResponse(Heads.response(200, "x-again: 1"))).isTrue();
        assertThat(spec.onResponse(Heads.response(200))).isFalse();
        assertThat(spec.allows(method("GET"))).isTrue();
        assertThat(spec.allows(method("POST"))).isFalse();
    }

    @Test
    void aListOfAHostsMetadataHoldsEachOfItsValues() {
        var endpoint = Endpoint.of(new InetSocketAddress("10.0.0.1", 80));
        var asked = new RetryHosts(List.of(Map.of("stage", "next", "zone", "a")), 0);
        for (Object stage : List.of("next", List.of("now", "next"))) {
            assertThat(asked.omits(new Host(endpoint
                    .withMetadata(Map.of("envoy.lb", Map.of("stage", stage, "zone", "a")))))).isTrue();
        }
        assertThat(asked.omits(new Host(endpoint
                .withMetadata(Map.of("envoy.lb", Map.of("stage", List.of("now"), "zone", "a")))))).isFalse();
        assertThat(asked.omits(new Host(endpoint
                .withMetadata(Map.of("envoy.lb", Map.of("stage", "next")))))).isFalse();
        assertThat(asked.omits(new Host(endpoint))).isFalse();
    }
}
