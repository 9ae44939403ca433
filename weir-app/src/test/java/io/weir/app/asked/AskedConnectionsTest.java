package io.weir.app.asked;

import static io.weir.app.text.OneListener.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Status;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.weir.app.boot.RunOptions;
import io.weir.app.boot.Running;
import io.weir.app.boot.ServedWeir;
import io.weir.app.boot.Source;
import io.weir.app.text.OneListener;
import io.weir.testkit.Await;
import io.weir.testkit.Certificates;
import io.weir.testkit.Curl;
import io.weir.xds.compile.Compiled;
import io.weir.xds.service.CheckMessages;
import io.weir.xds.service.LimitMessages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections of which a service is asked before they are served, in a whole Weir. */
@Timeout(120)
class AskedConnectionsTest {
    private static final int PERMISSION_DENIED = 7;
    private static final String HTTP = OneListener.http("",
            "routes: [ { match: { prefix: / }, direct_response: { status: 200, body: { inline_string: hello } } } ]");

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    @TempDir
    Path directory;

    private final Queue<byte[]> questions = new ConcurrentLinkedQueue<>();

    private UnaryOperator<byte[]> says(byte[] answer) {
        return question -> {
            questions.add(question);
            return answer;
        };
    }

    private static byte[] check(int code) {
        return CheckResponse.newBuilder().setStatus(Status.newBuilder().setCode(code))
                .setDynamicMetadata(Struct.newBuilder()
                        .putFields("who", Value.newBuilder().setStringValue("a friend").build()))
                .build().toByteArray();
    }

    private static byte[] limit(Code code) {
        return RateLimitResponse.newBuilder().setOverallCode(code)
                .addStatuses(RateLimitResponse.DescriptorStatus.newBuilder().setCode(code)).build().toByteArray();
    }

    private static String authorize(String timeout, String more) {
        return OneListener.filter("ext_authz.v3.ExtAuthz", """
                stat_prefix: door
                transport_api_version: V3
                grpc_service: { envoy_grpc: { cluster_name: asked }, timeout: %s }
                %s
                """.formatted(timeout, more));
    }

    private static final String COUNT = OneListener.filter("ratelimit.v3.RateLimit", """
            stat_prefix: door
            domain: shop
            timeout: 20s
            descriptors:
            - entries: [ { key: from, value: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%" }, { key: to, value: db } ]
            rate_limit_service:
              transport_api_version: V3
              grpc_service: { envoy_grpc: { cluster_name: asked } }
            """);

    private Path log() {
        return directory.resolve("access.log");
    }

    private String config(String filters, String last, String tls, String cluster) {
        String log = OneListener.log(log(), "%CONNECTION_TERMINATION_DETAILS%"
                + " %DYNAMIC_METADATA(envoy.filters.network.ext_authz:who)% %RESPONSE_FLAGS% %RESPONSE_FLAGS_LONG%");
        return "admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }\n"
                + OneListener.text(log, filters + last, tls, cluster);
    }

    private String said() throws IOException {
        return weir.said("");
    }

    private String logged() throws IOException {
        Await.until("the log's writer comes to it", () -> Files.exists(log()) && Files.size(log()) > 0);
        return Files.readString(log());
    }

    private String stat(String name) throws IOException {
        return weir.stats(name).strip();
    }

    @Test
    void whoTheServiceKnowsIsServedAndTheServiceSeesBothEnds() throws Exception {
        try (var service = AskedService.start(CheckMessages.PATH, says(check(0)))) {
            weir.start(config(authorize("20s", ""), HELLO, "", service.cluster("asked")));
            assertThat(said()).isEqualTo("hello");
            var attributes = CheckRequest.parseFrom(questions.remove()).getAttributes();
            assertThat(attributes.getSource().getAddress().getSocketAddress().getAddress()).isEqualTo("127.0.0.1");
            assertThat(attributes.getDestination().getAddress().getSocketAddress().getPortValue())
                    .isEqualTo(weir.listener(0).getPort());
            assertThat(attributes.getRequest().getTime().getSeconds()).isPositive();
            assertThat(stat("ext_authz.door.ok")).endsWith(": 1");
            assertThat(stat("ext_authz.door.total")).endsWith(": 1");
            assertThat(stat("ext_authz.door.active")).endsWith(": 0");
        }
    }

    @Test
    void whoTheServiceRefusesGetsNoByteAndTheLogSaysWhy() throws Exception {
        try (var service = AskedService.start(CheckMessages.PATH, says(check(PERMISSION_DENIED)))) {
            weir.start(config(authorize("20s", "failure_mode_allow: true"), HELLO, "", service.cluster("asked")));
            assertThat(said()).isEmpty();
            assertThat(logged()).isEqualTo("ext_authz_denied a friend UAEX UnauthorizedExternalService\n");
            assertThat(stat("ext_authz.door.denied")).endsWith(": 1");
            assertThat(stat("ext_authz.door.cx_closed")).endsWith(": 1");
        }
    }

    @Test
    void withoutAnAnswerNobodyIsServedUnlessThatIsAllowed() throws Exception {
        String nobody;
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = AskedService.cluster("asked", server.getLocalPort());
        }
        weir.start(config(authorize("20s", ""), HELLO, "", nobody));
        assertThat(said()).isEmpty();
        assertThat(logged()).isEqualTo("ext_authz_error - UAEX UnauthorizedExternalService\n");
        weir.reload(config(authorize("20s", "failure_mode_allow: true"), HELLO, "", nobody));
        assertThat(said()).isEqualTo("hello");
        assertThat(stat("ext_authz.door.failure_mode_allowed")).endsWith(": 1");
        assertThat(stat("ext_authz.door.error")).endsWith(": 2");
    }

    @Test
    void aClusterThatSpeaksHttpOneOnlyIsRefusedAsAService() throws Exception {
        refused(AskedService.cluster("asked", 9).replace("http2_protocol_options", "http_protocol_options"));
    }

    @Test
    void aClusterThatSpeaksAsItsClientsDoIsAskedByHttpTwoAsWeirIsTheClient() throws Exception {
        try (var service = AskedService.start(CheckMessages.PATH, says(check(0)))) {
            weir.start(config(authorize("20s", ""), HELLO, "", service.cluster("asked").replace(
                    "explicit_http_config: { http2_protocol_options: {} }",
                    "use_downstream_protocol_config: { http2_protocol_options: {} }")));
            assertThat(said()).isEqualTo("hello");
        }
    }

    @Test
    void aClusterWhoseHostsMayChooseIsAServiceOnlyWithTlsByWhichTheyChoose() throws Exception {
        String choosing = AskedService.cluster("asked", 9)
                .replace("explicit_http_config: { http2_protocol_options: {} }", "auto_config: {}");
        refused(choosing);
        String tls = """
                transport_socket:
                    name: tls
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext }
                  load_assignment:""";
        Path file = Files.writeString(directory.resolve("good.yaml"), config(authorize("20s", ""), HELLO, "",
                choosing.replace("load_assignment:", tls)));
        assertThat(Source.file(file).load()).isInstanceOf(Compiled.Accepted.class);
    }

    private void refused(String cluster) throws IOException {
        Path file = Files.writeString(directory.resolve("bad.yaml"),
                config(authorize("20s", ""), HELLO, "", cluster));
        assertThat(Running.start(Source.file(file), RunOptions.of(1, 1, true)))
                .isInstanceOfSatisfying(Running.Start.Refused.class,
                        refused -> assertThat(refused.problems()).singleElement().satisfies(problem -> {
                            assertThat(problem.path()).endsWith("grpc_service.envoy_grpc.cluster_name");
                            assertThat(problem.value()).isEqualTo("asked");
                            assertThat(problem.cure()).contains("http2_protocol_options");
                        }));
    }

    @Test
    void aServiceThatSaysNothingIsWaitedForNoLongerThanItsTime() throws Exception {
        try (var service = AskedService.start(CheckMessages.PATH, _ -> new byte[0])) {
            weir.start(config(authorize("0.1s", ""), HELLO, "", service.cluster("asked")));
            assertThat(said()).isEmpty();
            assertThat(stat("ext_authz.door.error")).endsWith(": 1");
            assertThat(stat("cluster.asked.upstream_rq_timeout")).endsWith(": 1");
        }
    }

    @Test
    void anAnswerThatCannotBeReadIsNone() throws Exception {
        try (var service = AskedService.start(CheckMessages.PATH, _ -> new byte[]{(byte) 0xff})) {
            weir.start(config(authorize("20s", ""), HELLO, "", service.cluster("asked")));
            assertThat(said()).isEmpty();
            assertThat(stat("ext_authz.door.error")).endsWith(": 1");
        }
    }

    @Test
    void onlyConnectionsWithTheMetadataAreAskedAbout() throws Exception {
        try (var service = AskedService.start(CheckMessages.PATH, says(check(PERMISSION_DENIED)))) {
            weir.start(config(authorize("20s", """
                    filter_enabled_metadata:
                      filter: some.filter
                      path: [ { key: k } ]
                      value: { present_match: true }
                    """), HELLO, "", service.cluster("asked")));
            assertThat(said()).isEqualTo("hello");
            assertThat(questions).isEmpty();
            assertThat(stat("ext_authz.door.disabled")).endsWith(": 1");
        }
    }

    @Test
    void aRequestThatComesWhileTheServiceIsAskedIsAnswered() throws Exception {
        var asked = new Semaphore(0);
        var sent = new Semaphore(0);
        try (var service = AskedService.start(CheckMessages.PATH, question -> {
            questions.add(question);
            asked.release();
            sent.acquireUninterruptibly();
            return check(0);
        })) {
            weir.start(config(authorize("60s", ""), HTTP, "", service.cluster("asked")));
            for (int i = 0; i < 20; i++) {
                try (Socket socket = weir.connect()) {
                    asked.acquire();
                    socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
                    sent.release();
                    assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                            .startsWith("HTTP/1.1 200").endsWith("hello");
                }
            }
            assertThat(questions).hasSize(20);
        }
    }

    @Test
    void behindTlsTheServiceSeesTheNamesAndTheFirstRequestIsAnswered() throws Exception {
        try (var certificates = Certificates.make();
                var service = AskedService.start(CheckMessages.PATH, says(check(0)))) {
            var shop = certificates.issue("shop", "DNS:shop.example");
            var client = certificates.issue("client", "URI:spiffe://weir.example/client");
            weir.start(config(authorize("20s", "include_tls_session: true\ninclude_peer_certificate: true"), HTTP,
                    OneListener.tls(shop, certificates.authority()), service.cluster("asked")));
            Curl curl = new Curl(certificates, weir.listener(0).getPort());
            assertThat(curl.answer("shop.example", "/", Curl.by(client))).endsWith("hello");
            var attributes = CheckRequest.parseFrom(questions.remove()).getAttributes();
            assertThat(attributes.getSource().getPrincipal()).isEqualTo("spiffe://weir.example/client");
            assertThat(attributes.getSource().getCertificate()).contains("BEGIN%20CERTIFICATE");
            assertThat(attributes.getDestination().getPrincipal()).isEqualTo("shop.example");
            assertThat(attributes.getTlsSession().getSni()).isEqualTo("shop.example");
        }
    }

    @Test
    void whoComesOverALimitIsNotServedAndTheServiceSeesWhoItIs() throws Exception {
        Queue<Code> codes = new ConcurrentLinkedQueue<>(List.of(Code.OK, Code.OVER_LIMIT, Code.UNKNOWN));
        try (var service = AskedService.start(LimitMessages.PATH, question -> {
            questions.add(question);
            return limit(codes.remove());
        })) {
            weir.start(config(COUNT, HELLO, "", service.cluster("asked")));
            assertThat(said()).isEqualTo("hello");
            assertThat(said()).isEmpty();
            assertThat(said()).as("neither yes nor no").isEqualTo("hello");
            RateLimitRequest request = request(questions.remove());
            assertThat(request.getDomain()).isEqualTo("shop");
            assertThat(request.getDescriptors(0).getEntriesList()).extracting(entry -> entry.getKey() + "="
                    + entry.getValue()).containsExactly("from=127.0.0.1", "to=db");
            assertThat(stat("ratelimit.door.ok")).endsWith(": 1");
            assertThat(stat("ratelimit.door.over_limit")).endsWith(": 1");
            assertThat(stat("ratelimit.door.cx_closed")).endsWith(": 1");
            assertThat(stat("ratelimit.door.failure_mode_allowed")).endsWith(": 1");
            assertThat(weir.logged(log())).hasSize(3).contains("ratelimit_close_over_limit - - -");
        }
    }

    private void becomes(String name, String value) {
        Await.until(() -> value + ", and not " + stat(name), () -> stat(name).endsWith(": " + value));
    }

    @ParameterizedTest
    @CsvSource({"true, false", "true, true", "false, true"})
    void aClientThatLeavesIsAskedAboutNoLonger(boolean http, boolean reset) throws Exception {
        var asked = new Semaphore(0);
        var left = new Semaphore(0);
        try (var service = AskedService.start(CheckMessages.PATH, _ -> {
            asked.release();
            left.acquireUninterruptibly();
            return check(0);
        })) {
            try {
                weir.start(config(authorize("600s", ""), http ? HTTP : HELLO, "", service.cluster("asked")));
                try (Socket socket = weir.connect()) {
                    asked.acquire();
                    socket.setSoLinger(reset, 0);
                }
                assertThat(logged()).isEqualTo("- - DC DownstreamConnectionTermination\n");
                becomes("ext_authz.door.active", "0");
                assertThat(stat("cluster.asked.upstream_rq_cancelled")).endsWith(": 1");
                assertThat(stat("ext_authz.door.cx_closed")).endsWith(": 0");
            } finally {
                left.release();
            }
        }
    }

    @Test
    void aClientThatOnlyListensIsStillServed() throws Exception {
        var asked = new Semaphore(0);
        var ended = new Semaphore(0);
        try (var service = AskedService.start(CheckMessages.PATH, _ -> {
            asked.release();
            ended.acquireUninterruptibly();
            return check(0);
        })) {
            weir.start(config(authorize("600s", ""), HELLO, "", service.cluster("asked")));
            try (Socket socket = weir.connect()) {
                asked.acquire();
                socket.shutdownOutput();
                ended.release();
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("hello");
            } finally {
                ended.release();
            }
        }
    }

    private static RateLimitRequest request(byte[] bytes) throws InvalidProtocolBufferException {
        return RateLimitRequest.parseFrom(bytes);
    }
}
