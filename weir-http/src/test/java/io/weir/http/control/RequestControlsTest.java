package io.weir.http.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HeaderName;
import io.weir.http.route.Forward;
import io.weir.http.route.Heads;
import io.weir.http.route.RetryOn;
import io.weir.http.route.RetrySpec;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestControlsTest {
    private static final Forward ROUTE = Forward.to("a").withRetry(RetrySpec.of(Set.of(RetryOn.RESET), 1));

    private static Forward applied(String... lines) {
        return RequestControls.applied(ROUTE, Heads.to("/", lines));
    }

    @Test
    void aRequestThatAsksForNothingHasItsRoute() {
        assertThat(applied("x-other: 1")).isSameAs(ROUTE);
    }

    @Test
    void timeoutsAreTakenOutAndHold() {
        var head = Heads.to("/", "x-envoy-upstream-rq-timeout-ms: 250", "x-envoy-upstream-rq-per-try-timeout-ms: 100");
        var forward = RequestControls.applied(ROUTE, head);
        assertThat(forward.timeoutNanos()).isEqualTo(250_000_000);
        assertThat(forward.retry().perTryTimeoutNanos()).isEqualTo(100_000_000);
        assertThat(head.has(HeaderName.X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS)).isFalse();
        assertThat(head.has(HeaderName.X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS)).isFalse();
    }

    @Test
    void aTryMayNotTakeLongerThanAll() {
        assertThat(applied("x-envoy-upstream-rq-timeout-ms: 100", "x-envoy-upstream-rq-per-try-timeout-ms: 100")
                .retry().perTryTimeoutNanos()).isZero();
    }

    @Test
    void whatIsNoNumberSaysNothing() {
        assertThat(applied("x-envoy-upstream-rq-timeout-ms: soon").timeoutNanos()).isEqualTo(ROUTE.timeoutNanos());
        assertThat(applied("x-envoy-max-retries: -1").retry().retriesMax()).isEqualTo(1);
    }

    @Test
    void conditionsComeOnTopOfTheRoutesAndTheNumberInItsPlace() {
        var retry = applied("x-envoy-retry-on: 5xx, unavailable,nonsense", "x-envoy-max-retries: 4").retry();
        assertThat(retry.on(RetryOn.RESET)).isTrue();
        assertThat(retry.on(RetryOn.SERVER_ERROR)).isTrue();
        assertThat(retry.on(RetryOn.UNAVAILABLE)).isTrue();
        assertThat(retry.retriesMax()).isEqualTo(4);
    }

    @Test
    void statusCodesComeOnTopOfTheRoutes() {
        var retry = applied("x-envoy-retry-on: retriable-status-codes", "x-envoy-retriable-status-codes: 418, 99,x")
                .retry();
        assertThat(retry.onResponse(Heads.response(418))).isTrue();
        assertThat(retry.onResponse(Heads.response(404))).isFalse();
    }

    @Test
    void whereTheRouteHasNoRetriesConditionsAllowOne() {
        var forward = RequestControls.applied(Forward.to("a").withRetry(RetrySpec.off()),
                Heads.to("/", "x-envoy-retry-on: 5xx"));
        assertThat(forward.retry().retriesMax()).isEqualTo(1);
        assertThat(forward.retry().enabled()).isTrue();
    }
}
