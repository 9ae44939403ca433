package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.GrpcInterop;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The interoperability cases of gRPC, with grpc-java's own client and server in processes of their own, by HTTP/2
 * without TLS on both sides of a Weir in a third.
 */
@Timeout(180)
class InteropPeerTest {
    private static final Duration WAIT = Duration.ofMinutes(2);
    /** All that the client knows and that need no TLS and no credentials, but for those whose reports are below. */
    private static final List<String> CASES = List.of("empty_unary", "cacheable_unary", "large_unary",
            "client_compressed_unary", "client_compressed_unary_noprobe", "server_compressed_unary", "client_streaming",
            "client_compressed_streaming_noprobe", "server_streaming", "server_compressed_streaming", "ping_pong",
            "empty_stream", "custom_metadata", "status_code_and_message", "special_status_message",
            "unimplemented_method", "unimplemented_service", "cancel_after_begin", "cancel_after_first_response",
            "timeout_on_sleeping_server", "very_large_request", "pick_first_unary", "rpc_soak", "channel_soak");
    /**
     * What this server does not do: it has no cacheable call, and does not look into a compressed message before it
     * takes it, for which {@code client_compressed_streaming} waits 15 s and is not asked.
     */
    private static final Set<String> NOT_OF_THIS_SERVER = Set.of("cacheable_unary", "client_compressed_unary");
    private static final List<String> REPORTS = List.of("orca_per_rpc", "orca_oob");
    private static final String REPORTING = "--service_config_json="
            + "{\"loadBalancingConfig\":[{\"test_backend_metrics_load_balancer\":{}}]}";

    private static Map<String, String> failures(int port) {
        Map<String, String> failures = new TreeMap<>(GrpcInterop.failures(port, CASES, WAIT));
        failures.putAll(GrpcInterop.failures(port, REPORTS, WAIT, REPORTING));
        return failures;
    }

    @Test
    void everyCaseThatPassesWithoutWeirPassesThroughIt() throws Exception {
        int at = Ports.free();
        int port = Ports.free();
        try (PeerProcess server = GrpcInterop.server(at);
                WeirProcess weir = WeirProcess.run("""
                        listen: { on: "127.0.0.1:%d", to: calls }
                        services: { calls: { at: "127.0.0.1:%d", protocol: http2 } }
                        """.formatted(port, at), port)) {
            assertThat(failures(at).keySet()).as("without Weir").isEqualTo(NOT_OF_THIS_SERVER);
            Map<String, String> through = failures(port);
            assertThat(through.keySet()).as("through Weir: " + through + weir.output()).isEqualTo(NOT_OF_THIS_SERVER);
            // another HTTP/2 of the client's
            assertThat(GrpcInterop.failures(port, CASES.stream().filter(name -> !name.equals("pick_first_unary"))
                    .filter(name -> !NOT_OF_THIS_SERVER.contains(name)).toList(), WAIT, "--use_okhttp=true"))
                    .as("the client with OkHttp, through Weir").isEmpty();
            assertThat(server.alive()).isTrue();
        }
    }
}
