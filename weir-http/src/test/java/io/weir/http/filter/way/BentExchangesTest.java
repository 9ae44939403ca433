package io.weir.http.filter.way;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.Endpoint;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.http.filter.ChainSpec;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.h2.Http2Options;
import io.weir.http.h2.RawHttp2;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies come out of any row of filters as each of them made them, whatever pieces they came in. */
@Timeout(120)
final class BentExchangesTest {
    private static final int ROUNDS = 40;
    private static final List<String> NAMES = List.of("f1", "f2", "f3");
    private static final List<Set<String>> USES = List.of(Set.of("none"), Set.of("double"), Set.of("drop"),
            Set.of("append"), Set.of("gather"), Set.of("trickle"), Set.of("late"), Set.of("gather", "double"),
            Set.of("trickle", "append"), Set.of("late", "drop"), Set.of("gather", "append", "drop"));

    private static HttpManagerSpec spec(HttpFilterSpec... filters) {
        return HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")))
                .withHttp2(Codec.AUTO, Http2Options.DEFAULT).withChains(List.of(new ChainSpec(List.of(filters))));
    }

    private static HttpFilterSpec[] benders() {
        return NAMES.stream().map(Bender::new).toArray(HttpFilterSpec[]::new);
    }

    private static ProxyFixture before(int port) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        var http = UpstreamHttpSpec.DEFAULT.with(Protocol.HTTP2, Http2Options.DEFAULT);
        return ProxyFixture.with(cluster -> cluster.withEndpoints(List.of(Endpoint.of(address)))
                .withExtensions(Map.of(UpstreamHttpSpec.TYPE, http)), spec(benders()));
    }

    /** Answers with what it got, in random pieces, by a framing that the request's path names. */
    private static void echo(Random random, HttpMessage request, OriginWire wire) throws IOException {
        String body = request.body();
        switch (request.target()) {
            case "/length" -> {
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n");
                for (String piece : pieces(random, body)) {
                    wire.send(piece);
                }
            }
            case "/close" -> {
                wire.send("HTTP/1.1 200 OK\r\n\r\n" + body);
                wire.close();
            }
            case "/trailers", "/chunked" -> {
                wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                for (String piece : pieces(random, body)) {
                    wire.chunk(piece);
                }
                wire.send(request.target().equals("/trailers") ? "0\r\nx-end: 1\r\n\r\n" : "0\r\n\r\n");
            }
            default -> wire.reply(404, "");
        }
    }

    private static List<String> pieces(Random random, String body) {
        var all = new ArrayList<String>();
        int at = 0;
        while (at < body.length()) {
            int size = Math.min(body.length() - at, 1 + random.nextInt(random.nextBoolean() ? 20 : 30_000));
            all.add(body.substring(at, at + size));
            at += size;
        }
        return all;
    }

    private static String text(Random random, int mostBytes) {
        int size = 1 + random.nextInt(random.nextInt(3) == 0 ? mostBytes : 200);
        var text = new StringBuilder();
        for (int i = 0; i < size; i++) {
            text.append("axbyz".charAt(random.nextInt(5)));
        }
        return text.toString();
    }

    /** A body on its way; without one there is nothing to bend. */
    private record Passing(String body, boolean there, boolean trailers) {
        Passing through(Set<String> words) {
            String bent = there ? Bender.bent(words, body) : body;
            return new Passing(bent, there && !(words.contains("gather") && bent.isEmpty() && !trailers), trailers);
        }
    }

    /** One request of a round and what is to come of it. */
    private record Round(String path, boolean trailers, List<Set<String>> uses, String body, String toHost,
            String toClient) {
        static Round of(Random random, boolean byHttp2) {
            var uses = new ArrayList<Set<String>>();
            for (int i = 0; i < NAMES.size(); i++) {
                uses.add(USES.get(random.nextInt(USES.size())));
            }
            // where one drops all and another is late, the next hears of a body or of none, as it happens
            boolean racy = uses.stream().anyMatch(words -> words.contains("drop"))
                    && uses.stream().anyMatch(words -> words.contains("late"));
            String body = text(random, byHttp2 ? 60_000 : 100_000) + (racy ? "x" : "");
            String path = List.of("/length", "/close", "/trailers", "/chunked").get(random.nextInt(4));
            boolean trailers = !byHttp2 && random.nextBoolean();
            var up = new Passing(body, true, trailers);
            for (var words : uses) {
                up = up.through(words);
            }
            boolean there = !(path.equals("/length") && up.body.isEmpty());
            var down = new Passing(up.body, there, path.equals("/trailers"));
            for (var words : uses.reversed()) {
                down = down.through(words);
            }
            return new Round(path, trailers, uses, body, up.body, down.body);
        }

        String fields() {
            var text = new StringBuilder();
            for (int i = 0; i < NAMES.size(); i++) {
                text.append(NAMES.get(i)).append(": ").append(String.join(" ", uses.get(i))).append("\r\n");
            }
            return text.toString();
        }
    }

    private static void byHttp1(ProxyFixture proxy, Random random, Round round) throws IOException {
        try (var client = RawHttp.connect(proxy.port)) {
            boolean chunked = round.trailers || random.nextBoolean();
            client.send("POST " + round.path + " HTTP/1.1\r\nHost: a\r\n" + round.fields() + (chunked
                    ? "Transfer-Encoding: chunked\r\n\r\n"
                    : "Content-Length: " + round.body.length() + "\r\n\r\n"));
            for (String piece : pieces(random, round.body)) {
                client.send(chunked ? Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n" : piece);
            }
            client.send(chunked ? round.trailers ? "0\r\nx-sum: 1\r\n\r\n" : "0\r\n\r\n" : "");
            var answer = client.response();
            assertThat(answer.status()).isEqualTo(200);
            check(answer.body(), round);
        }
    }

    private static void check(String body, Round round) {
        assertThat(body.length()).isEqualTo(round.toClient.length());
        assertThat(body.equals(round.toClient)).isTrue();
    }

    private static void byHttp2(ProxyFixture proxy, Random random, Round round) throws IOException {
        try (var client = RawHttp2.connect(proxy.port)) {
            client.settings(4, 1 << 24).windowUpdate(0, 1 << 24);
            String[] fields = round.fields().split("\r\n");
            client.post(1, round.path, fields);
            for (String piece : pieces(random, round.body)) {
                for (int at = 0; at < piece.length(); at += 16_000) {
                    client.data(1, piece.substring(at, Math.min(piece.length(), at + 16_000)), false);
                }
            }
            client.data(1, "", true);
            var answer = client.answer(1);
            assertThat(answer.status).isEqualTo(200);
            check(answer.text(), round);
        }
    }

    private static void rounds(boolean http2Client, boolean http2Host) throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        try (var origin = Origin.start((request, wire) -> echo(new Random(seed), request, wire));
                var host = ProxyFixture.with(cluster -> cluster, spec(), origin);
                var proxy = http2Host
                        ? before(host.port)
                        : ProxyFixture.with(cluster -> cluster, spec(benders()), origin)) {
            for (int i = 0; i < ROUNDS; i++) {
                proxy.stats.timesFilters(i % 2 == 1); // which changes nothing
                var round = Round.of(random, http2Client);
                try {
                    if (http2Client) {
                        byHttp2(proxy, random, round);
                    } else {
                        byHttp1(proxy, random, round);
                    }
                } catch (IOException | AssertionError | RuntimeException e) {
                    throw new AssertionError("seed " + seed + ", round " + i + ", " + round.path + " " + round.uses
                            + ", " + round.body.length() + " bytes", e);
                }
                assertThat(origin.requests().getLast().body().equals(round.toHost))
                        .as("seed " + seed + ", round " + i + ": what the host got").isTrue();
            }
            ProxyFixture.eventually(() -> proxy.cluster.circuit().requestsActive() == 0);
        }
    }

    @Test
    void bodiesByHttp1ToHttp1ComeOutAsTheFiltersMadeThem() throws Exception {
        rounds(false, false);
    }

    @Test
    void bodiesByHttp2ToHttp1ComeOutAsTheFiltersMadeThem() throws Exception {
        rounds(true, false);
    }

    @Test
    void bodiesByHttp1ToHttp2ComeOutAsTheFiltersMadeThem() throws Exception {
        rounds(false, true);
    }

    @Test
    void bodiesByHttp2ToHttp2ComeOutAsTheFiltersMadeThem() throws Exception {
        rounds(true, true);
    }
}
