package io.weir.http.sticky;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys;
import io.weir.core.hash.HashKeys.Rule;
import io.weir.core.hash.XxHash64;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Heads;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RequestHashTest {
    private static final HashKey X = new HashKey.Header("x", null);
    private static final HashKey Y = new HashKey.Header("y", null);
    private static final HashKey IP = new HashKey.SourceIp();

    private static final class Client implements HashSource {
        private final String ip;
        private @Nullable String made = null;

        Client(String ip) {
            this.ip = ip;
        }

        @Override
        public boolean hasClientIp() {
            return !ip.isEmpty();
        }

        @Override
        public long clientIpHash() {
            return XxHash64.of(ip);
        }

        @Override
        public @Nullable String made(HashKey.Cookie cookie) {
            return made;
        }

        @Override
        public @Nullable String hashable(String key) {
            return key.equals("left") ? "one" : null;
        }
    }

    private final RequestHash hash = RequestHash.alone();
    private final Client client = new Client("192.0.2.7");

    private @Nullable Long of(HashKeys keys, HttpHead head) {
        hash.compute(keys, head, client);
        return hash.found() ? hash.value() : null;
    }

    private @Nullable Long of(HashKey key, HttpHead head) {
        return of(HashKeys.of(key), head);
    }

    @Test
    void aKeyIsHashedAsItStands() {
        var head = Heads.to("/a?b=c%20d&u=7&u=8&flag", "x: one", "cookie: k=\"v\"; l=w");
        assertThat(of(X, head)).isEqualTo(XxHash64.of("one"));
        assertThat(of(IP, head)).isEqualTo(XxHash64.of("192.0.2.7"));
        assertThat(of(new HashKey.Cookie("k", null), head)).isEqualTo(XxHash64.of("v"));
        assertThat(of(new HashKey.Cookie("l", null), head)).isEqualTo(XxHash64.of("w"));
        assertThat(of(new HashKey.QueryParameter("b"), head)).isEqualTo(XxHash64.of("c%20d"));
        assertThat(of(new HashKey.QueryParameter("u"), head)).isEqualTo(XxHash64.of("7"));
        assertThat(of(new HashKey.QueryParameter("flag"), head)).isEqualTo(XxHash64.of(""));
        assertThat(of(new HashKey.Header(":path", null), head)).isEqualTo(XxHash64.of("/a?b=c%20d&u=7&u=8&flag"));
        assertThat(of(new HashKey.Header(":authority", null), head)).isEqualTo(XxHash64.of("a.example"));
    }

    @Test
    void whatIsNotThereGivesNoHash() {
        var head = Heads.to("/a?bb=1&ab=2", "cookie: kk=v; empty=; =none");
        assertThat(of(X, head)).isNull();
        assertThat(of(new HashKey.Cookie("k", null), head)).isNull();
        assertThat(of(new HashKey.Cookie("empty", null), head)).isNull();
        assertThat(of(new HashKey.QueryParameter("b"), head)).isNull();
        assertThat(of(new HashKey.FilterState("any"), head)).isNull();
        assertThat(of(new HashKey.FilterState("left"), head)).isEqualTo(XxHash64.of("one"));
        assertThat(of(HashKeys.NONE, head)).isNull();
        hash.compute(HashKeys.of(IP), head, new Client(""));
        assertThat(hash.found()).isFalse();
    }

    @Test
    void theOrderOfLinesDoesNotMatterAndTheirValuesDo() {
        Long both = of(X, Heads.to("/", "x: b", "x: a"));
        assertThat(both).isEqualTo(of(X, Heads.to("/", "x: a", "x: b"))).isNotEqualTo(of(X, Heads.to("/", "x: a")));
        assertThat(both).isEqualTo(XxHash64.of("b", XxHash64.of("a")));
    }

    @Test
    void aRewriteGoesBeforeTheHash() {
        HashKey tenant = new HashKey.Header("x", new HashKey.Rewrite("^([a-z]+)-.*$", "\\1"));
        assertThat(of(tenant, Heads.to("/", "x: acme-17"))).isEqualTo(of(X, Heads.to("/", "x: acme")));
    }

    @Test
    void keysAreTurnedAndPutTogether() {
        var head = Heads.to("/", "x: one", "y: two");
        var keys = HashKeys.of(List.of(new Rule(X, false), new Rule(Y, false)));
        assertThat(of(keys, head)).isEqualTo(Long.rotateLeft(XxHash64.of("one"), 1) ^ XxHash64.of("two"));
        var twice = HashKeys.of(List.of(new Rule(X, false), new Rule(X, false)));
        assertThat(of(twice, head)).isNotZero();
    }

    @Test
    void aTerminalKeyEndsTheListWhereThereIsAHash() {
        var keys = HashKeys.of(List.of(new Rule(X, true), new Rule(Y, true), new Rule(IP, false)));
        assertThat(of(keys, Heads.to("/", "x: one", "y: two"))).isEqualTo(XxHash64.of("one"));
        assertThat(of(keys, Heads.to("/", "y: two"))).isEqualTo(XxHash64.of("two"));
        assertThat(of(keys, Heads.to("/"))).isEqualTo(XxHash64.of("192.0.2.7"));
        var late = HashKeys.of(List.of(new Rule(IP, false), new Rule(X, true), new Rule(Y, false)));
        assertThat(of(late, Heads.to("/", "y: two"))).isEqualTo(XxHash64.of("192.0.2.7"));
    }

    @Test
    void aCookieIsMadeOnlyWhereItIsToLive() {
        client.made = "fresh";
        var head = Heads.to("/", "cookie: k=v");
        var made = new HashKey.MadeCookie(60, "/", List.of());
        assertThat(of(new HashKey.Cookie("none", null), head)).isNull();
        assertThat(of(new HashKey.Cookie("none", made), head)).isEqualTo(XxHash64.of("fresh"));
        assertThat(of(new HashKey.Cookie("k", made), head)).isEqualTo(XxHash64.of("v"));
    }

    @Test
    void aCookieIsWrittenAsEnvoyWritesIt() {
        assertThat(SetCookie.text("k", "v", new HashKey.MadeCookie(0, "", List.of()))).isEqualTo("k=\"v\"; HttpOnly");
        assertThat(SetCookie.text("k", "v", new HashKey.MadeCookie(90, "/x", List.of("SameSite=Lax", "Secure"))))
                .isEqualTo("k=\"v\"; Max-Age=90; Path=/x; SameSite=Lax; Secure; HttpOnly");
    }

    @Test
    void findingKeysThatAreThereAllocatesNothing() {
        var head = Heads.to("/a?u=7", "x: one", "cookie: a=b; k=\"v\"");
        var keys = HashKeys.of(List.of(new Rule(X, false), new Rule(IP, false),
                new Rule(new HashKey.Cookie("k", new HashKey.MadeCookie(1, "", List.of())), false),
                new Rule(new HashKey.QueryParameter("u"), false)));
        byte[] ip = "192.0.2.7".getBytes(US_ASCII);
        var source = new HashSource() {
            @Override
            public boolean hasClientIp() {
                return true;
            }

            @Override
            public long clientIpHash() {
                return XxHash64.of(ip, 0, ip.length, 0);
            }

            @Override
            public @Nullable String made(HashKey.Cookie cookie) {
                return null;
            }

            @Override
            public @Nullable String hashable(String key) {
                return null;
            }
        };
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20_000; i++) {
            hash.compute(keys, head, source);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            hash.compute(keys, head, source);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }
}
