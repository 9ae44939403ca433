package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.Nginx;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import io.weir.testkit.Wrk;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.Snapshot;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Certificates that change while a whole Weir serves, which nobody tells of it. */
@Timeout(120)
class RenewedSecretsTest {
    private static final String TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    @AutoClose
    private final Certificates certificates = Certificates.make();

    /** A listener whose socket is this, before the demo backend. */
    private String listening(String context) {
        return """
                admin: "127.0.0.1:0"
                envoy:
                  static_resources:
                    listeners:
                      - name: in
                        address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                        stat_prefix: in
                        filter_chains:
                          - filters:
                              - name: http
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                                  stat_prefix: in
                                  common_http_protocol_options: { max_requests_per_connection: 20 }
                                  route_config:
                                    virtual_hosts:
                                      - { name: all, domains: ["*"], routes: [ { match: { prefix: / }, route: { cluster: demo } } ] }
                                  http_filters:
                                    - name: router
                                      typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                            transport_socket:
                              name: tls
                              typed_config: { "@type": %sDownstreamTlsContext, %s }
                %s"""
                .formatted(TLS, context, weir.services(0));
    }

    private static String pair(Path folder) {
        return "certificate_chain: { filename: \"" + folder.resolve("tls.crt") + "\" }, private_key: { filename: \""
                + folder.resolve("tls.key") + "\" }";
    }

    private static void put(Issued issued, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.copy(issued.key(), folder.resolve("tls.key"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(issued.chain(), folder.resolve("tls.crt"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The subject of the certificate that a new connection is shown. */
    private String shown() {
        String said = certificates.run("s_client", "-connect", "127.0.0.1:" + weir.listener(0).getPort());
        return said.replaceFirst("(?s).*subject=O ?= ?Weir, CN ?= ?([^\\n]*).*", "$1");
    }

    private void await(String what, Predicate<String> until) throws Exception {
        var last = new AtomicReference<>("");
        Await.until(() -> "not " + last.get(), () -> {
            last.set(what.isEmpty() ? shown() : weir.stats(what));
            return until.test(last.get());
        });
    }

    @Test
    void newHandshakesGoByARenewedCertificateAndConnectionsBeforeLiveOn() throws Exception {
        Path folder = weir.folder().resolve("pair");
        put(certificates.issue("one", "DNS:shop.example"), folder);
        weir.start(listening("common_tls_context: { tls_certificates: [ { " + pair(folder) + " } ] }"));
        Process older = new ProcessBuilder(Peers.require("openssl").toString(), "s_client", "-quiet", "-connect",
                "127.0.0.1:" + weir.listener(0).getPort()).redirectErrorStream(true).start();
        try (var out = older.getOutputStream(); var in = older.getInputStream()) {
            await("downstream_cx_active", said -> said.contains("listener.in.downstream_cx_active: 1"));
            await("ssl.handshake", said -> said.contains("listener.in.ssl.handshake: 1"));
            put(certificates.issue("two", "DNS:shop.example"), folder);
            await("", "two"::equals);
            out.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).contains("Hello from one");
        } finally {
            older.destroyForcibly();
        }
        Files.writeString(folder.resolve("tls.crt"), "no certificate");
        await("key_rotation_failed", said -> said.matches("(?s).*factory.key_rotation_failed: [1-9].*"));
        assertThat(shown()).isEqualTo("two");
        put(certificates.issue("three", "DNS:shop.example"), folder);
        await("", "three"::equals);
        assertThat(weir.stats("update_by_sds")).contains(
                "listener.in.server_ssl_socket_factory.ssl_context_update_by_sds: ");
    }

    @Test
    void aWatchedDirectoryChangesAsAWhole() throws Exception {
        Path folder = weir.folder().resolve("mounted");
        put(certificates.issue("first", "DNS:shop.example"), folder.resolve("v1"));
        Path link = Files.createSymbolicLink(folder.resolve("data"), Path.of("v1"));
        String context = "common_tls_context: { tls_certificates: [ { " + pair(link) + ", watched_directory: { path: \""
                + folder + "\" } } ] }";
        weir.start(listening(context));
        assertThat(shown()).isEqualTo("first");
        put(certificates.issue("second", "DNS:shop.example"), folder.resolve("v2"));
        Path next = Files.createSymbolicLink(folder.resolve("next"), Path.of("v2"));
        Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
        await("", "second"::equals);
    }

    private void secrets(Path file, Path pair, String more) throws IOException {
        Path next = Files.writeString(weir.folder().resolve("next-secrets.yaml"), """
                resources:
                  - "@type": %sSecret
                    name: shop
                    tls_certificate: { %s }
                %s""".formatted(TLS, pair(pair), more));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void secretsOfAFileAreTakenOverWhenItChangesAndKeptWhenItIsBroken() throws Exception {
        Path one = weir.folder().resolve("one");
        Path two = weir.folder().resolve("two");
        put(certificates.issue("one", "DNS:shop.example"), one);
        put(certificates.issue("two", "DNS:shop.example"), two);
        Path file = weir.folder().resolve("secrets.yaml");
        secrets(file, one, "");
        weir.start(listening("common_tls_context: { tls_certificate_sds_secret_configs: [ { name: shop, sds_config: {"
                + " path_config_source: { path: \"" + file + "\" } } } ] }"));
        assertThat(shown()).isEqualTo("one");
        secrets(file, two, "");
        await("", "two"::equals);
        secrets(file, two, "  - { name: \"no type\" }\n");
        await("sds.shop", said -> said.contains("sds.shop.update_rejected: 1"));
        assertThat(shown()).isEqualTo("two");
        Files.writeString(two.resolve("tls.key"), "no key");
        secrets(file, two, "");
        await("sds.shop", said -> said.matches("(?s).*sds.shop.update_rejected: [2-9].*"));
        assertThat(shown()).isEqualTo("two");
        Path three = weir.folder().resolve("three");
        put(certificates.issue("three", "DNS:shop.example"), three);
        Path key = three.resolve("tls.key");
        String good = Files.readString(key);
        Files.writeString(key, "no key");
        secrets(file, three, "");
        await("sds.shop", said -> said.contains("sds.shop.update_rejected: 3"));
        assertThat(shown()).isEqualTo("two");
        Files.writeString(key, good);
        await("", "three"::equals);
        secrets(file, one, "");
        await("", "one"::equals);
        Files.writeString(one.resolve("tls.crt"), "no certificate");
        await("sds.shop", said -> said.matches("(?s).*sds.shop.key_rotation_failed: [1-9].*"));
        assertThat(shown()).isEqualTo("one");
    }

    @Test
    void aListOfRevokedCertificatesWithoutAuthoritiesInAFileOfSecretsEndsTheStart() throws Exception {
        Path pair = weir.folder().resolve("pair");
        put(certificates.issue("one", "DNS:shop.example"), pair);
        Path file = Files.writeString(weir.folder().resolve("secrets.yaml"), """
                resources:
                  - "@type": %sSecret
                    name: clients
                    validation_context: { crl: { filename: list.crl } }
                """.formatted(TLS));
        Path text = weir.write(listening("common_tls_context: { tls_certificates: [ { " + pair(pair) + " } ],"
                + " validation_context_sds_secret_config: { name: clients, sds_config: { path_config_source: { path: \""
                + file + "\" } } } }"));
        assertThat(Running.start(Source.file(text), RunOptions.of(1, 1, true))).isInstanceOfSatisfying(
                Running.Start.Refused.class, refused -> assertThat(refused.problems()).singleElement().asString()
                        .contains("validation_context_sds_secret_config.crl", "list.crl", file.toString(),
                                "nothing says whose certificates are believed", "add trusted_ca"));
    }

    @Test
    void theCertificateThatHostsAreShownIsRenewedToo() throws Exception {
        Issued shop = certificates.issue("shop", "DNS:shop.example");
        Path folder = weir.folder().resolve("own");
        put(certificates.issue("old", "DNS:weir.example"), folder);
        int port = Ports.free();
        weir.before(Nginx.http("""
                server {
                  listen 127.0.0.1:%d ssl;
                  ssl_certificate "%s";
                  ssl_certificate_key "%s";
                  ssl_verify_client on;
                  ssl_client_certificate "%s";
                  ssl_session_cache off;
                  keepalive_requests 1;
                  location / { return 200 "$ssl_client_s_dn\\n"; }
                }
                """.formatted(port, shop.chain(), shop.key(), certificates.authority()), port));
        weir.start(
                """
                        admin: "127.0.0.1:0"
                        listen:
                          - { on: "127.0.0.1:0", to: shop }
                        envoy:
                          static_resources:
                            clusters:
                              - name: shop
                                transport_socket:
                                  name: tls
                                  typed_config:
                                    "@type": %sUpstreamTlsContext
                                    max_session_keys: 0
                                    common_tls_context:
                                      tls_certificates: [ { %s } ]
                                      validation_context: { trusted_ca: { filename: "%s" } }
                                load_assignment:
                                  cluster_name: shop
                                  endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ]
                        """
                        .formatted(TLS, pair(folder), certificates.authority(), port));
        assertThat(weir.ask("/")).contains("CN=old");
        put(certificates.issue("new", "DNS:weir.example"), folder);
        Await.until("the host sees the new name", () -> weir.ask("/").contains("CN=new"));
        assertThat(weir.stats("update_by_sds"))
                .containsPattern("client_ssl_socket_factory.ssl_context_update_by_sds: [1-9]");
    }

    @Test
    void noRequestFailsWhileCertificatesAreRenewed() throws Exception {
        Path folder = weir.folder().resolve("pair");
        Issued one = certificates.issue("one", "IP:127.0.0.1");
        Issued two = certificates.issue("two", "IP:127.0.0.1");
        put(one, folder);
        weir.start(listening("common_tls_context: { tls_certificates: [ { " + pair(folder) + " } ] }"));
        String url = "https://127.0.0.1:" + weir.listener(0).getPort() + "/";
        var load = CompletableFuture
                .supplyAsync(() -> Wrk.on(url).connections(16).seconds(4).patienceSeconds(60).run());
        var waiting = new ArrayList<CompletableFuture<Integer>>();
        for (int i = 0; i < 4; i++) {
            waiting.add(CompletableFuture.supplyAsync(() -> answered(url, load), Thread::startVirtualThread));
        }
        int renewed = 0;
        while (!load.isDone()) {
            put(renewed % 2 == 0 ? two : one, folder);
            String next = renewed % 2 == 0 ? "two" : "one";
            await("", next::equals);
            renewed++;
        }
        assertThat(renewed).isPositive();
        assertThat(load.join().errors()).isZero();
        for (var each : waiting) {
            assertThat(each.join()).as("answers to one client").isPositive();
        }
    }

    /** Asks again and again until then, by a connection for each request, waits for its answer and counts them. */
    private int answered(String url, CompletableFuture<?> until) {
        int answers = 0;
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60)).build();
            do {
                // nothing is kept, no session either: whoever comes during a renewal goes by its certificates
                try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                        .sslContext(trusting()).build()) {
                    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
                }
                answers++;
            } while (!until.isDone());
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError("after " + answers + " answers", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return answers;
    }

    private SSLContext trusting() throws IOException, GeneralSecurityException {
        KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
        known.load(null, null);
        try (InputStream in = Files.newInputStream(certificates.authority())) {
            known.setCertificateEntry("authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** Whoever awaits it has looked for it by then, and nobody tells him again. */
    @Test
    void aCertificateThatIsIssuedWhileAReloadMakesItsListenersIsShownAfterIt() throws Exception {
        Issued issued = certificates.issue("issued", "DNS:shop.example");
        Path storage = Files.createDirectories(certificates.folder().resolve("acme"));
        String listening = """
                listen: [ { on: "127.0.0.1:0", tls: [ { acme: { names: [shop.example], email: ops@shop.example,
                  agree_to_terms: true, directory: "https://127.0.0.1:9/none", storage: "%s" } } ], to: demo } ]
                %s""".formatted(storage, weir.services(0));
        weir.start("listen: [ { on: \"127.0.0.1:0\", to: demo } ]\n" + weir.services(0));
        Snapshot next = Source.file(weir.write(listening)).load() instanceof Compiled.Accepted accepted
                ? accepted.snapshot()
                : null;
        String file = Objects.requireNonNull(next).acme().getFirst().file();
        Listeners listeners = weir.running().listeners();
        weir.running().conductor().call(() -> {
            Listeners.Prepared prepared = listeners.prepare(next, Set.of());
            assertThat(prepared.refusals()).isEmpty();
            Files.writeString(Path.of(file), Files.readString(issued.chain()) + Files.readString(issued.key()));
            listeners.commit(prepared);
            return 0;
        });
        assertThat(shown()).isEqualTo("issued");
    }
}
