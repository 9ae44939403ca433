package io.weir.stream.ask;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.ratelimit.v3.RateLimitServiceConfig;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.extensions.filters.network.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.network.ratelimit.v3.RateLimit;
import io.weir.stream.tcp.TcpProxyReader;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.service.ServiceSpec;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AskReaderTest {
    private final ReadContext context = ReadContext.standalone(TcpProxyReader.addTo(Extensions.basic()));

    private static GrpcService.Builder service() {
        return GrpcService.newBuilder().setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder().setClusterName("asked"));
    }

    private static ExtAuthz.Builder authorize(GrpcService.Builder service) {
        return ExtAuthz.newBuilder().setStatPrefix("door").setGrpcService(service);
    }

    private static RateLimit.Builder limit() {
        return RateLimit.newBuilder().setStatPrefix("door").setDomain("shop")
                .setRateLimitService(RateLimitServiceConfig.newBuilder().setGrpcService(service()));
    }

    private static Duration.Builder millis(int millis) {
        return Duration.newBuilder().setNanos(millis * 1_000_000);
    }

    private void refused(ExtAuthz.Builder config, String path) {
        assertThat(new AuthorizeReader().read(config.build(), context)).isNull();
        assertThat(context.problems()).singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo(path));
    }

    @Test
    void defaultsAreEnvoys() {
        var spec = Objects.requireNonNull(new AuthorizeReader().read(authorize(service()).build(), context));
        assertThat(spec).isEqualTo(new AskSpec.Authorize("door",
                new ServiceSpec("asked", "", List.of(), TimeUnit.MILLISECONDS.toNanos(200)), false, false, false,
                null));
        assertThat(spec.asksForServerName()).isFalse();
        var limit = Objects.requireNonNull(new GlobalLimitReader().read(limit().build(), context));
        assertThat(limit.service().timeoutNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
        assertThat(limit.failureAllows()).isTrue();
        assertThat(context.clustersReferenced()).containsExactly("asked", "asked");
        assertThat(context.problems()).isEmpty();
    }

    @Test
    void everyHonouredFieldIsRead() {
        var spec = Objects.requireNonNull(new AuthorizeReader().read(authorize(service().setTimeout(millis(7))
                .addInitialMetadata(HeaderValue.newBuilder().setKey("X-Key").setValue("v")))
                .setFailureModeAllow(true).setIncludePeerCertificate(true).setIncludeTlsSession(true)
                .setTransportApiVersion(ApiVersion.V3).build(), context));
        assertThat(spec).isEqualTo(new AskSpec.Authorize("door", new ServiceSpec("asked", "",
                List.of(new ServiceSpec.Field("x-key", "v")), 7_000_000), true, true, true, null));
        assertThat(spec.asksForServerName()).isTrue();
        var limit = Objects.requireNonNull(new GlobalLimitReader().read(limit().setTimeout(millis(9))
                .setFailureModeDeny(true).addDescriptors(RateLimitDescriptor.newBuilder()
                        .addEntries(RateLimitDescriptor.Entry.newBuilder().setKey("k").setValue("v")))
                .build(), context));
        assertThat(limit.service().timeoutNanos()).isEqualTo(9_000_000);
        assertThat(limit.failureAllows()).isFalse();
        assertThat(limit.descriptors()).singleElement().satisfies(entries -> assertThat(entries).singleElement()
                .satisfies(entry -> assertThat(entry.key()).isEqualTo("k")));
        assertThat(context.problems()).isEmpty();
    }

    @Test
    void aServiceIsNotWaitedForWithoutEnd() {
        refused(authorize(service().setTimeout(millis(0))), "grpc_service.timeout");
    }

    @Test
    void withoutAServiceThereIsNobodyToAsk() {
        refused(ExtAuthz.newBuilder().setStatPrefix("door"), "grpc_service");
    }

    @Test
    void aFieldThatWouldEndTheCallsHeadIsRefused() {
        refused(authorize(service().addInitialMetadata(HeaderValue.newBuilder().setKey("x").setValue("a\r\nb: c"))),
                "grpc_service.initial_metadata[0].key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"te", "Content-Type", "grpc-timeout", "host", "connection", "transfer-encoding",
            "content-length", ":path"})
    void aFieldThatFramesTheCallIsRefused(String name) {
        refused(authorize(service().addInitialMetadata(HeaderValue.newBuilder().setKey(name).setValue("a"))),
                "grpc_service.initial_metadata[0].key");
    }

    @Test
    void wordsOfLogsAreNotSentAsTheyStandAndTwoPercentSignsAreOne() {
        var fine = authorize(service().addInitialMetadata(HeaderValue.newBuilder().setKey("x").setValue("5%%")));
        assertThat(Objects.requireNonNull(new AuthorizeReader().read(fine.build(), context)).service().metadata())
                .containsExactly(new ServiceSpec.Field("x", "5%"));
        refused(authorize(service().addInitialMetadata(HeaderValue.newBuilder().setKey("x").setValue("%PROTOCOL%"))),
                "grpc_service.initial_metadata[0].value");
    }

    @Test
    @SuppressWarnings("deprecation")
    void messagesOfVersionTwoAreRefused() {
        refused(authorize(service()).setTransportApiVersion(ApiVersion.V2), "transport_api_version");
    }

    @Test
    void aDescriptorWhoseWordsNobodyKnowsIsRefused() {
        assertThat(new GlobalLimitReader().read(limit().addDescriptors(RateLimitDescriptor.newBuilder()
                .addEntries(RateLimitDescriptor.Entry.newBuilder().setKey("k").setValue("%NO_SUCH_WORD%"))).build(),
                context)).isNull();
        assertThat(context.problems()).singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("descriptors[0].entries[0].value"));
    }
}
