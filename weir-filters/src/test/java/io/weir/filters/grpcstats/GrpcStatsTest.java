package io.weir.filters.grpcstats;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.weir.core.stats.Histogram;
import io.weir.filters.grpc.CallFixture;
import io.weir.filters.grpc.Calls;
import io.weir.filters.grpc.StockService;
import io.weir.testkit.Await;
import io.weir.testkit.Ports;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of grpc-java, counted on their way. */
@Timeout(60)
class GrpcStatsTest {
    private static final byte[] MESSAGE = {1, 2, 3};

    private static CallFixture counting(String fields) {
        return CallFixture.with(CallFixture.filter("envoy.extensions.filters.http.grpc_stats.v3.FilterConfig", fields),
                StockService.definition());
    }

    private static ManagedChannel client(CallFixture fixture) {
        return NettyChannelBuilder.forAddress(Ports.loopback(fixture.proxy.port)).usePlaintext().build();
    }

    private static void call(ManagedChannel client, String method) {
        try {
            ClientCalls.blockingUnaryCall(client, CallFixture.method(MethodType.UNARY, method), CallOptions.DEFAULT,
                    MESSAGE);
        } catch (StatusRuntimeException failed) {
            // some are to fail
        }
    }

    private static void await(CallFixture fixture, String name, long count) throws InterruptedException {
        Await.until(name + " is " + count, () -> fixture.count(name) == count);
    }

    @Test
    void everyMethodIsCountedByItsNameWhereAllAre() throws Exception {
        try (var fixture = counting("stats_for_all_methods: true\nenable_upstream_stats: true\n")) {
            var client = client(fixture);
            call(client, "shop.Stock/Echo");
            call(client, "shop.Stock/Echo");
            call(client, "shop.Stock/Fail");
            call(client, "shop.Stock/FailLate");
            call(client, "shop.Stock/None");
            ClientCalls.blockingServerStreamingCall(client,
                    CallFixture.method(MethodType.SERVER_STREAMING, "shop.Stock/Repeat"), CallOptions.DEFAULT, MESSAGE)
                    .forEachRemaining(message -> assertThat(message).isEqualTo(MESSAGE));
            await(fixture, "grpc.shop.Stock.Repeat.success", 1);
            assertThat(fixture.count("grpc.shop.Stock.Echo.success")).isEqualTo(2);
            assertThat(fixture.count("grpc.shop.Stock.Echo.total")).isEqualTo(2);
            assertThat(fixture.count("grpc.shop.Stock.Echo.0")).isEqualTo(2);
            assertThat(fixture.count("grpc.shop.Stock.Echo.request_message_count")).isEqualTo(2);
            assertThat(fixture.count("grpc.shop.Stock.Echo.response_message_count")).isEqualTo(2);
            assertThat(fixture.count("grpc.shop.Stock.Fail.5")).as("in a head alone").isEqualTo(1);
            assertThat(fixture.count("grpc.shop.Stock.Fail.failure")).isEqualTo(1);
            assertThat(fixture.count("grpc.shop.Stock.FailLate.10")).as("in trailers").isEqualTo(1);
            assertThat(fixture.count("grpc.shop.Stock.None.12")).isEqualTo(1);
            assertThat(fixture.count("grpc.shop.Stock.Repeat.response_message_count")).isEqualTo(3);
            assertThat(fixture.count("grpc.total")).isZero();
            var time = fixture.proxy.stats.sorted().stream()
                    .filter(metric -> metric.name().equals("cluster.origins.grpc.shop.Stock.Echo.upstream_rq_time"))
                    .findFirst().orElseThrow();
            assertThat(((Histogram) time).used()).isTrue();
            client.shutdownNow();
        }
    }

    @Test
    void methodsThatAreNotListedAreCountedTogether() throws Exception {
        try (var fixture = counting("""
                individual_method_stats_allowlist:
                  services: [ { name: shop.Stock, method_names: [ Echo ] } ]
                """)) {
            var client = client(fixture);
            call(client, "shop.Stock/Echo");
            call(client, "shop.Stock/Fail");
            call(client, "shop.Other/Echo");
            await(fixture, "grpc.total", 2);
            assertThat(fixture.count("grpc.shop.Stock.Echo.total")).isEqualTo(1);
            assertThat(fixture.count("grpc.12")).isEqualTo(1);
            assertThat(fixture.count("grpc.failure")).isEqualTo(2);
            assertThat(fixture.count("grpc.request_message_count")).isEqualTo(2);
            client.shutdownNow();
        }
    }

    @Test
    void dotsOfServicesBecomeUnderscoresWhereThatIsAskedFor() throws Exception {
        try (var fixture = counting("stats_for_all_methods: true\nreplace_dots_in_grpc_service_name: true\n")) {
            var client = client(fixture);
            call(client, "shop.Stock/Echo");
            await(fixture, "grpc.shop_Stock.Echo.total", 1);
            client.shutdownNow();
        }
    }

    @Test
    void messagesOfAStreamAreCountedAsTheyPass() throws Exception {
        try (var fixture = counting("stats_for_all_methods: true\n")) {
            var client = client(fixture);
            var done = new CountDownLatch(1);
            var answer = new AtomicReference<byte @Nullable []>();
            var requests = ClientCalls.asyncClientStreamingCall(client.newCall(
                    CallFixture.method(MethodType.CLIENT_STREAMING, "shop.Stock/Count"), CallOptions.DEFAULT),
                    new StreamObserver<byte[]>() {
                        @Override
                        public void onNext(byte[] message) {
                            answer.set(message);
                        }

                        @Override
                        public void onError(Throwable failure) {
                            done.countDown();
                        }

                        @Override
                        public void onCompleted() {
                            done.countDown();
                        }
                    });
            for (int i = 0; i < 4; i++) {
                requests.onNext(new byte[100_000]);
            }
            await(fixture, "grpc.shop.Stock.Count.request_message_count", 4);
            assertThat(fixture.count("grpc.shop.Stock.Count.total")).as("it goes on").isZero();
            requests.onCompleted();
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(answer.get()).asString().isEqualTo("4");
            await(fixture, "grpc.shop.Stock.Count.success", 1);
            client.shutdownNow();
        }
    }

    @Test
    void aClientThatMakesUpMethodsMakesNoMoreNumbersThanThereIsRoomFor() throws Exception {
        try (var fixture = counting("stats_for_all_methods: true\n")) {
            var client = client(fixture);
            for (int i = 0; i < Calls.NAMED_MAX + 50; i++) {
                call(client, "made.Up/Method" + i);
            }
            await(fixture, "grpc.12", 50);
            long named = fixture.proxy.stats.sorted().stream()
                    .filter(metric -> metric.name().matches("cluster\\.origins\\.grpc\\.made\\.Up\\..*\\.total"))
                    .count();
            assertThat(named).isEqualTo(Calls.NAMED_MAX);
            client.shutdownNow();
        }
    }
}
