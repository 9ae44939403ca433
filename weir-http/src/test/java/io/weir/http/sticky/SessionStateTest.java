package io.weir.http.sticky;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.hash.HashKey.MadeCookie;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Heads;
import io.weir.http.sticky.SessionState.InCookie;
import io.weir.http.sticky.SessionState.InEnvelope;
import io.weir.http.sticky.SessionState.InHeader;
import io.weir.http.sticky.SessionState.Session;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SessionStateTest {
    private static final long NOW = 1_800_000_000;
    private static final String HOST = "1.2.3.4:80";
    private static final SessionState ENDLESS = cookie(0, "");
    private static final SessionState AN_HOUR = cookie(3600, "/shop");

    private static SessionState cookie(long ttlSeconds, String path) {
        return new InCookie("seat", new MadeCookie(ttlSeconds, path, List.of()));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String base64(String text) {
        return base64(text.getBytes(UTF_8));
    }

    /** What a client that was told so brings. */
    private static HttpHead back(String setCookie) {
        return Heads.to("/shop/x", "cookie: a=b; " + setCookie.substring(0, setCookie.indexOf(';')));
    }

    private static String told(SessionState state) {
        HttpHead response = Heads.response(200);
        state.tell(response, null, HOST, NOW);
        String cookie = response.value(HeaderName.SET_COOKIE);
        assertThat(cookie).isNotNull();
        return String.valueOf(cookie);
    }

    @Test
    void aClientThatBringsItsCookieBackIsKnown() {
        assertThat(ENDLESS.find(back(told(ENDLESS)), NOW)).isEqualTo(new Session(HOST));
        assertThat(told(AN_HOUR)).endsWith("\"; Max-Age=3600; Path=/shop; HttpOnly");
        assertThat(AN_HOUR.find(back(told(AN_HOUR)), NOW + 3600)).isEqualTo(new Session(HOST));
        assertThat(AN_HOUR.find(back(told(AN_HOUR)), NOW + 3601)).isNull();
    }

    @Test
    void theCookieIsEnvoysMessageAndItsOlderForm() {
        // 0a 0a "1.2.3.4:80": field 1 of ten bytes
        assertThat(told(ENDLESS)).isEqualTo("seat=\"CgoxLjIuMy40Ojgw\"; HttpOnly");
        assertThat(ENDLESS.find(Heads.to("/", "cookie: seat=MS4yLjMuNDo4MA=="), NOW)).isEqualTo(new Session(HOST));
        assertThat(AN_HOUR.find(Heads.to("/", "cookie: seat=\"MS4yLjMuNDo4MA==\""), NOW)).isEqualTo(new Session(HOST));
        // field 2, 1,800,003,600 as a varint
        assertThat(SessionCookie.message("a", NOW + 3600)).asHexString().isEqualTo("0A01611090C0A7DA06");
    }

    @Test
    void nothingIsToldToAClientThatCameToItsHost() {
        HttpHead response = Heads.response(200);
        ENDLESS.tell(response, new Session(HOST), HOST, NOW);
        new InHeader(HeaderName.of("x-host")).tell(response, new Session(HOST), HOST, NOW);
        assertThat(response.size()).isZero();
    }

    @Test
    void whatCannotBeReadSaysNothing() {
        for (String value : List.of("", "%%%", "!", base64(new byte[]{10}), base64(new byte[]{10, 5, 'a'}),
                base64(new byte[]{10, 0}), base64(new byte[]{10, 1, 'a', 99}), base64("x".repeat(300)),
                base64(new byte[]{10, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 'a'}))) {
            assertThat(ENDLESS.find(Heads.to("/", "cookie: seat=" + value), NOW)).as(value).isNull();
        }
        assertThat(AN_HOUR.find(back(told(ENDLESS)), NOW)).as("without an end").isNull();
    }

    @Test
    void noBytesBreakTheReading() {
        long seed = 20261127;
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(24)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = 10;
            }
            assertThat(SessionCookie.address(bytes, random.nextBoolean(), NOW)).as("seed %d, round %d", seed, i)
                    .satisfiesAnyOf(address -> assertThat(address).isNull(),
                            address -> assertThat(address).isNotEmpty());
        }
    }

    @Test
    void pathsOutsideTheCookiesBelongToNoSession() {
        assertThat(List.of("/shop", "/shop/", "/shop/x", "/shop?y")).allMatch(path -> AN_HOUR.holds(Heads.to(path)));
        assertThat(List.of("/", "/sho", "/shopping", "/x/shop")).noneMatch(path -> AN_HOUR.holds(Heads.to(path)));
        assertThat(cookie(0, "/a/").holds(Heads.to("/a/b"))).isTrue();
        assertThat(cookie(0, "/a/").holds(Heads.to("/a"))).isFalse();
        assertThat(cookie(0, "/").holds(Heads.to("/any"))).isTrue();
    }

    @Test
    void aHeaderCarriesTheAddress() {
        var state = new InHeader(HeaderName.of("x-host"));
        HttpHead response = Heads.response(200, "x-host: the host's own");
        state.tell(response, null, HOST, NOW);
        assertThat(Heads.lines(response)).containsExactly("x-host: MS4yLjMuNDo4MA==");
        assertThat(state.find(Heads.to("/", "x-host: MS4yLjMuNDo4MA=="), NOW)).isEqualTo(new Session(HOST));
        assertThat(state.find(Heads.to("/", "x-host: %"), NOW)).isNull();
    }

    @Test
    void anEnvelopeHoldsTheHostsOwnValueAndGivesItBack() {
        var state = new InEnvelope(HeaderName.of("mcp-session-id"));
        HttpHead response = Heads.response(200, "mcp-session-id: xxxxxx");
        state.tell(response, null, HOST, NOW);
        assertThat(Heads.lines(response)).containsExactly("mcp-session-id: MS4yLjMuNDo4MA==;UV:eHh4eHh4");
        HttpHead request = Heads.to("/", "mcp-session-id: MS4yLjMuNDo4MA==;UV:eHh4eHh4");
        assertThat(state.find(request, NOW)).isEqualTo(new Session(HOST));
        assertThat(request.value(HeaderName.of("mcp-session-id"))).isEqualTo("xxxxxx");
        HttpHead none = Heads.response(200);
        state.tell(none, null, HOST, NOW);
        assertThat(none.size()).isZero();
    }
}
