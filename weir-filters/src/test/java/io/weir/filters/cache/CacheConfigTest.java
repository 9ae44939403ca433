package io.weir.filters.cache;

import static io.weir.filters.FilteredProxy.filter;
import static io.weir.filters.FilteredProxy.perFilter;
import static io.weir.filters.FilteredProxy.typed;
import static io.weir.filters.cache.CachedOrigin.CACHE;
import static io.weir.filters.cache.CachedOrigin.MEMORY;
import static io.weir.filters.cache.CachedOrigin.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Nginx;
import io.weir.testkit.Origin;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What can be configured, and where responses are kept. */
@Timeout(60)
final class CacheConfigTest {
    private static final String FRESH = "Cache-Control: max-age=600";
    private static final String FILES = "envoy.extensions.http.cache.file_system_http_cache.v3."
            + "FileSystemHttpCacheConfig";

    private static String files(Path directory, String more) {
        return "typed_config: " + typed(FILES, "manager_config: { thread_pool: {} }, cache_path: \"" + directory + "\""
                + (more.isEmpty() ? "" : ", " + more));
    }

    private static CachedOrigin with(String config) {
        return new CachedOrigin(config, (request, wire) -> wire.send(response("200 OK", request.target(), FRESH)));
    }

    @Test
    void partsOfTheKeyMayBeLeftOut() throws Exception {
        try (var cached = with(MEMORY + ", key_creator_params: { exclude_host: true, exclude_scheme: true, "
                + "query_parameters_excluded: [ { name: utm }, { name: v, string_match: { exact: \"1\" } } ] }")) {
            assertThat(cached.get("/?a=1&utm=2").body()).isEqualTo("/?a=1&utm=2");
            assertThat(cached.get("/?utm=3&a=1&v=1", "X-Forwarded-Host: b").body()).isEqualTo("/?a=1&utm=2");
            assertThat(cached.get("/?a=1&v=2").body()).isEqualTo("/?a=1&v=2");
        }
        try (var cached = with(MEMORY + ", key_creator_params: { query_parameters_included: [ { name: id } ] }")) {
            assertThat(cached.get("/?id=1&x=1").body()).isEqualTo("/?id=1&x=1");
            assertThat(cached.get("/?x=2&id=1").body()).isEqualTo("/?id=1&x=1");
            assertThat(cached.get("/?id=2").body()).isEqualTo("/?id=2");
        }
    }

    @Test
    void aRouteMayHaveNoCache() throws Exception {
        try (var origin = Origin.sending(response("200 OK", "body", FRESH));
                var proxy = filter(CACHE, MEMORY, "",
                        "- { match: { prefix: /not }, route: { cluster: origins }, "
                                + perFilter(CACHE, "disabled: true") + " }\n"
                                + "- { match: { prefix: / }, route: { cluster: origins } }")
                        .before(origin);
                var client = proxy.client()) {
            for (String path : List.of("/not", "/not", "/a", "/a")) {
                client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").response();
            }
            assertThat(origin.requests()).hasSize(3);
        }
    }

    @Test
    void aCacheMustSayWhereItKeepsWhatItKeeps() {
        assertThat(filter(CACHE, "").problems()).singleElement().asString().startsWith("ERROR")
                .contains("typed_config");
        assertThat(filter(CACHE, files(Path.of("/nowhere/at/all"), "")).problems()).singleElement().asString()
                .startsWith("ERROR").contains("cache_path").contains("no such directory");
        assertThat(filter(CACHE, "disabled: true").problems()).isEmpty();
    }

    @Test
    void filesOutliveTheCacheThatWroteThem(@TempDir Path directory) throws Exception {
        String config = files(directory.resolve("made"), "create_cache_path: true")
                + ", allowed_vary_headers: [ { exact: accept } ]";
        Origin.Script script = (request, wire) -> wire.send(response("200 OK", request.target(), FRESH,
                "Vary: accept"));
        try (var cached = new CachedOrigin(config, script)) {
            cached.get("/a", "Accept: x");
            ProxyFixture.eventually(() -> cached.count("stored") == 1);
            assertThat(cached.get("/a", "Accept: x").body()).isEqualTo("/a");
            cached.get("/a", "Accept: y");
            assertThat(cached.asked()).isEqualTo(2);
            ProxyFixture.eventually(() -> cached.count("stored") == 2);
        }
        try (var files = Files.list(directory.resolve("made"))) {
            assertThat(files).hasSize(3)
                    .allMatch(file -> file.getFileName().toString().matches("weir-[0-9a-f]{16}-[0-9a-f]{40}"));
        }
        try (var origin = Origin.start(script);
                var again = filter(CACHE, config).before(origin);
                var client = again.client()) {
            ProxyFixture.eventually(() -> {
                try {
                    client.send("GET /a HTTP/1.1\r\nHost: shop.example\r\nAccept: x\r\n\r\n").response();
                    return origin.requests().size() < again.stats.root().child("http")
                            .tagged("envoy.http_conn_manager_prefix", "test").counter("downstream_rq_total").value();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        }
    }

    @Test
    void curlGetsOutOfTheCacheWhatNginxHasSaid(@TempDir Path folder) throws Exception {
        Path curl = Peers.require("curl");
        int port = Ports.free();
        try (var nginx = Nginx.http("server { listen 127.0.0.1:" + port + ";\n add_header Cache-Control max-age=600;\n"
                + " location / { return 200 \"$request_id\"; } }", port);
                var proxy = ProxyFixture.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        filter(CACHE, MEMORY).accepted())) {
            assertThat(nginx).isNotNull();
            String url = "http://127.0.0.1:" + proxy.port + "/";
            String first = curl(curl, "-s", "-i", url);
            String second = curl(curl, "-s", "-i", url);
            assertThat(first).contains("200 OK");
            assertThat(second.toLowerCase(java.util.Locale.ROOT)).contains("\nage: ").contains("content-length: 32");
            assertThat(second.substring(second.indexOf("\r\n\r\n"))).isEqualTo(first.substring(
                    first.indexOf("\r\n\r\n")));
            assertThat(curl(curl, "-s", "-r", "0-3", url)).isEqualTo(
                    first.substring(first.indexOf("\r\n\r\n") + 4).substring(0, 4));
            assertThat(curl(curl, "-s", "-I", url)).contains("200 OK");
        }
    }

    private static String curl(Path curl, String... arguments) throws Exception {
        var command = new java.util.ArrayList<String>(List.of(curl.toString(), "--noproxy", "*", "-m", "20"));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }
}
