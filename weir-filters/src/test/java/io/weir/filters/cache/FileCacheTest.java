package io.weir.filters.cache;

import static io.weir.filters.FilteredProxy.filter;
import static io.weir.filters.FilteredProxy.perFilter;
import static io.weir.filters.FilteredProxy.typed;
import static io.weir.filters.cache.CachedOrigin.CACHE;
import static io.weir.filters.cache.CachedOrigin.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is kept in files, over real sockets: long bodies, several places with one directory, files that break. */
@Timeout(60)
final class FileCacheTest {
    private static final String FRESH = "Cache-Control: max-age=600";
    private static final String STALE = "Cache-Control: max-age=600, stale-if-error=600\r\nAge: 600";
    private static final String LONG = "0123456789abcdef".repeat(40_000);
    private static final String FILES = "envoy.extensions.http.cache.file_system_http_cache.v3."
            + "FileSystemHttpCacheConfig";

    private static String files(Path directory) {
        return "typed_config: "
                + typed(FILES, "manager_config: { thread_pool: {} }, cache_path: \"" + directory + "\"");
    }

    private static String get(String more) {
        return "GET / HTTP/1.1\r\nHost: shop.example\r\n" + more + "\r\n";
    }

    private static void stored(CachedOrigin cached, int count) throws InterruptedException {
        ProxyFixture.eventually(() -> cached.count("stored") == count);
    }

    @Test
    void aLongBodyComesOutOfItsFileWholeAndInParts(@TempDir Path directory) throws Exception {
        try (var cached = new CachedOrigin(files(directory), (request, wire) -> wire.send(response("200 OK", LONG,
                FRESH)));
                var client = cached.proxy.client()) {
            assertThat(cached.get("/").body()).isEqualTo(LONG);
            stored(cached, 1);
            for (int i = 0; i < 3; i++) { // the connection goes on behind each
                assertThat(client.send(get("")).response().body()).isEqualTo(LONG);
                var part = client.send(get("Range: bytes=70000-400004\r\n")).response();
                assertThat(part.status()).isEqualTo(206);
                assertThat(part.body()).isEqualTo(LONG.substring(70_000, 400_005));
                assertThat(client.send(get("Range: bytes=-3\r\n")).response().body()).isEqualTo("def");
                assertThat(client.send(get("Range: bytes=700000-\r\n")).response().status()).isEqualTo(416);
                var head = client.send("HEAD / HTTP/1.1\r\nHost: shop.example\r\n\r\n").responseTo("HEAD");
                assertThat(head.header("content-length")).contains("640000");
            }
            assertThat(cached.asked()).isEqualTo(1);
        }
    }

    @Test
    void aLongBodyThatIsOnlyRenewedComesOutOfItsFile(@TempDir Path directory) throws Exception {
        try (var cached = new CachedOrigin(files(directory), (request, wire) -> wire.send(
                request.header("if-none-match").isPresent()
                        ? "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n" + FRESH + "\r\nX-New: 1\r\n\r\n"
                        : response("200 OK", LONG, STALE, "ETag: \"a\"")));
                var client = cached.proxy.client()) {
            cached.get("/");
            stored(cached, 1);
            var renewed = client.send(get("")).response();
            assertThat(renewed.body()).isEqualTo(LONG);
            assertThat(renewed.headers("x-new")).containsExactly("1");
            stored(cached, 2);
            var fresh = client.send(get("")).response();
            assertThat(fresh.body()).isEqualTo(LONG);
            assertThat(fresh.headers("x-new")).containsExactly("1");
            assertThat(cached.asked()).isEqualTo(2);
        }
    }

    @Test
    void aLongStaleBodyTakesThePlaceOfAnErrorWithAndWithoutBody(@TempDir Path directory) throws Exception {
        for (String down : List.of("down", "")) {
            try (var cached = new CachedOrigin(files(directory.resolve("x" + down)).replace("cache_path",
                    "create_cache_path: true, cache_path"),
                    (request, wire) -> wire.send(
                            request.header("if-none-match").isPresent()
                                    ? response("503 Service Unavailable", down)
                                    : response("200 OK", LONG, STALE, "ETag: \"a\"")));
                    var client = cached.proxy.client()) {
                cached.get("/");
                stored(cached, 1);
                for (int i = 0; i < 2; i++) {
                    var answer = client.send(get("")).response();
                    assertThat(answer.status()).isEqualTo(200);
                    assertThat(answer.body()).isEqualTo(LONG);
                }
                assertThat(cached.count("stale_on_error")).isEqualTo(2);
            }
        }
    }

    @Test
    void aReaderWhoGoesAwayInTheMiddleOfALongFileLeavesNothingBehind(@TempDir Path directory) throws Exception {
        try (var cached = new CachedOrigin(files(directory), (request, wire) -> wire.send(response("200 OK",
                LONG.repeat(10), FRESH)))) {
            cached.get("/");
            stored(cached, 1);
            for (int i = 1; i <= 3; i++) {
                int hits = i;
                try (var client = cached.proxy.client()) {
                    client.send(get(""));
                    ProxyFixture.eventually(() -> cached.count("hit") == hits);
                    client.reset();
                }
            }
            assertThat(cached.get("/").body()).hasSize(6_400_000);
            assertThat(cached.asked()).isEqualTo(1);
            ProxyFixture.eventually(() -> openFiles(directory) == 0);
        }
    }

    /** How many files of the directory this process has open. */
    private static long openFiles(Path directory) {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(link -> {
                try {
                    return Files.readSymbolicLink(link).startsWith(directory);
                } catch (IOException gone) {
                    return false;
                }
            }).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileThatBreaksInTheMiddleCutsTheAnswerAndIsForgotten(@TempDir Path directory) throws Exception {
        try (var cached = new CachedOrigin(files(directory), (request, wire) -> wire.send(response("200 OK", LONG,
                FRESH)))) {
            cached.get("/");
            stored(cached, 1);
            Path file;
            try (var all = Files.list(directory)) {
                file = all.max(Comparator.comparing(Path::toString)).orElseThrow();
            }
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
            try (RawHttp client = cached.proxy.client()) {
                String got = client.send(get("")).untilClose();
                assertThat(got).contains("content-length: 640000").hasSizeLessThan(640_000);
            }
            assertThat(cached.get("/").body()).isEqualTo(LONG);
            assertThat(cached.asked()).isEqualTo(2);
        }
    }

    @Test
    void placesWithOneDirectoryShareWhatIsThereAndWhatIsForgotten(@TempDir Path directory) throws Exception {
        try (var origin = Origin.start((request, wire) -> wire.send(response("200 OK", request.target(), FRESH)));
                var proxy = filter(CACHE, files(directory), "",
                        "- { match: { prefix: /, headers: [ { name: x, present_match: true } ] }, "
                                + "route: { cluster: origins }, "
                                + perFilter(CACHE, files(directory) + ", max_body_bytes: 1000") + " }\n"
                                + "- { match: { prefix: / }, route: { cluster: origins } }")
                        .before(origin);
                var client = proxy.client()) {
            var stats = proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test")
                    .child("cache");
            client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").response();
            ProxyFixture.eventually(() -> stats.counter("stored").value() == 1);
            client.send("GET /a HTTP/1.1\r\nHost: h\r\nX: 1\r\n\r\n").response();
            assertThat(origin.requests()).as("the other place finds it").hasSize(1);
            client.send("POST /a HTTP/1.1\r\nHost: h\r\nX: 1\r\nContent-Length: 0\r\n\r\n").response();
            client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").response();
            assertThat(origin.requests()).as("and what one forgets, all do").hasSize(3);
        }
    }
}
