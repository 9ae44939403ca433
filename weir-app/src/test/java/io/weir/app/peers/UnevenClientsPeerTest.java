package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.weir.app.asked.Bytes;
import io.weir.testkit.Ports;
import io.weir.testkit.sim.page.Shares;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two clients, of which one calls once a minute and the other 50 times a second, before two servers: what each server
 * gets of it through a proxy of connections and through one of calls. Two minutes of it, without the pauses. With
 * WEIR_GOLDEN=write in the environment the picture of {@code docs/grpc.md} is drawn anew.
 */
@Timeout(120)
class UnevenClientsPeerTest {
    private static final int MINUTES = 2;
    private static final int SECONDS_PER_MINUTE = 60;
    private static final int CALLS_PER_SECOND = 50;
    private static final Path PICTURE = Path.of("..", "docs", "grpc", "uneven-clients.svg");
    private static final boolean WRITE = "write".equals(System.getenv("WEIR_GOLDEN"));

    private static final MethodDescriptor<byte[], byte[]> CALL = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY).setFullMethodName("shop.Stock/Count")
            .setRequestMarshaller(new Bytes()).setResponseMarshaller(new Bytes()).build();

    private record Backend(Server server, AtomicLong calls) implements AutoCloseable {
        static Backend start(int port) throws IOException {
            var calls = new AtomicLong();
            var service = ServerServiceDefinition.builder("shop.Stock")
                    .addMethod(CALL, ServerCalls.<byte[], byte[]>asyncUnaryCall((request, observer) -> {
                        calls.incrementAndGet();
                        observer.onNext(request);
                        observer.onCompleted();
                    })).build();
            return new Backend(NettyServerBuilder.forAddress(Ports.loopback(port)).addService(service).build().start(),
                    calls);
        }

        @Override
        public void close() {
            server.shutdownNow();
        }
    }

    private static ManagedChannel client(int port) {
        return NettyChannelBuilder.forAddress(Ports.loopback(port)).usePlaintext().build();
    }

    /** So many at once, and all of them answered. */
    private static void call(ManagedChannel client, int calls) throws Exception {
        List<Future<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            answers.add(ClientCalls.futureUnaryCall(client.newCall(CALL, CallOptions.DEFAULT.withWaitForReady()),
                    new byte[]{1, 2, 3}));
        }
        for (Future<byte[]> answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS)).containsExactly(1, 2, 3);
        }
    }

    /** What each of the two servers gets, who gets more first. */
    private static List<Long> shares(int port, List<Backend> backends) throws Exception {
        backends.forEach(backend -> backend.calls.set(0));
        ManagedChannel seldom = client(port);
        ManagedChannel often = client(port);
        try {
            for (int minute = 0; minute < MINUTES; minute++) {
                call(seldom, 1);
                for (int second = 0; second < SECONDS_PER_MINUTE; second++) {
                    call(often, CALLS_PER_SECOND);
                }
            }
        } finally {
            seldom.shutdownNow();
            often.shutdownNow();
        }
        return backends.stream().map(backend -> backend.calls.get()).sorted(Comparator.reverseOrder()).toList();
    }

    @Test
    void serversShareCallsEvenlyWhereCallsAreBalancedAndNotWhereConnectionsAre() throws Exception {
        int[] at = {Ports.free(), Ports.free()};
        int connections = Ports.free();
        int calls = Ports.free();
        try (Backend first = Backend.start(at[0]);
                Backend second = Backend.start(at[1]);
                WeirProcess weir = WeirProcess.run("""
                        listen:
                          - { on: "127.0.0.1:%d", protocol: tcp, to: stock }
                          - { on: "127.0.0.1:%d", to: stock }
                        services:
                          stock: { at: ["127.0.0.1:%d", "127.0.0.1:%d"], protocol: http2, balance: round_robin }
                        """.formatted(connections, calls, at[0], at[1]), calls)) {
            // nobody has connected to the first port: a look whether it answers takes a turn, and may do so late
            long all = MINUTES * (SECONDS_PER_MINUTE * CALLS_PER_SECOND + 1L);
            List<Long> byConnection = shares(connections, List.of(first, second));
            List<Long> byCall = shares(calls, List.of(first, second));
            assertThat(byConnection).as("by connection" + weir.output())
                    .containsExactly((long) MINUTES * SECONDS_PER_MINUTE * CALLS_PER_SECOND, (long) MINUTES);
            assertThat(byCall).allSatisfy(share -> assertThat(100.0 * share / all).isCloseTo(50, within(2.0)));
            assertThat(byCall.getFirst() + byCall.getLast()).isEqualTo(all);
            check(Shares.picture("Two clients, one call a minute and 50 calls a second", "share of all calls", "server",
                    List.of(new Shares("by connection", byConnection), new Shares("by call", byCall))));
        }
    }

    private static void check(String drawn) throws IOException {
        if (WRITE) {
            Files.createDirectories(PICTURE.resolveSibling(""));
            Files.writeString(PICTURE, drawn);
        }
        assertThat(PICTURE).content()
                .as("WEIR_GOLDEN=write mvn -pl weir-app -am test -Dtest=UnevenClientsPeerTest draws it anew")
                .isEqualTo(drawn);
    }
}
