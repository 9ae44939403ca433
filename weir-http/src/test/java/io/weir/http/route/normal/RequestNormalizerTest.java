package io.weir.http.route.normal;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.Heads;
import io.weir.http.route.normal.NormalizeSpec.EscapedSlashes;
import io.weir.http.route.normal.NormalizeSpec.StripPort;
import io.weir.http.route.normal.NormalizeSpec.Underscores;
import io.weir.http.route.normal.RequestNormalizer.Verdict;
import io.weir.http.route.match.HeadText;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestNormalizerTest {
    private static NormalizeSpec paths(boolean normalize, boolean merge, EscapedSlashes slashes) {
        return new NormalizeSpec(normalize, merge, slashes, StripPort.NONE, false, Underscores.ALLOW);
    }

    private static NormalizeSpec hosts(StripPort ports, boolean dot) {
        return new NormalizeSpec(false, false, EscapedSlashes.KEEP_UNCHANGED, ports, dot, Underscores.ALLOW);
    }

    private static NormalizeSpec names(Underscores underscores) {
        return new NormalizeSpec(false, false, EscapedSlashes.KEEP_UNCHANGED, StripPort.NONE, false, underscores);
    }

    private static Verdict apply(NormalizeSpec spec, HttpHead head) {
        return new RequestNormalizer(spec).apply(head, 80);
    }

    private static String normal(String path) {
        var head = Heads.to(path);
        assertThat(apply(paths(true, false, EscapedSlashes.KEEP_UNCHANGED), head)).isEqualTo(Verdict.ACCEPT);
        return head.path();
    }

    private static String merged(String path) {
        var head = Heads.to(path);
        assertThat(apply(paths(false, true, EscapedSlashes.KEEP_UNCHANGED), head)).isEqualTo(Verdict.ACCEPT);
        return head.path();
    }

    private static String host(StripPort ports, boolean dot, String authority) {
        var head = Heads.request("GET", authority, "/");
        assertThat(apply(hosts(ports, dot), head)).isEqualTo(Verdict.ACCEPT);
        assertThat(Heads.lines(head)).containsExactly("host: " + head.authority());
        return head.authority();
    }

    @Test
    void dotSegmentsAreResolved() {
        assertThat(normal("/a/./b")).isEqualTo("/a/b");
        assertThat(normal("/a/../b")).isEqualTo("/b");
        assertThat(normal("/a/b/..")).isEqualTo("/a/");
        assertThat(normal("/a/.")).isEqualTo("/a/");
        assertThat(normal("/../../x")).isEqualTo("/x");
        assertThat(normal("/..")).isEqualTo("/");
        assertThat(normal("/.")).isEqualTo("/");
        assertThat(normal("/a//../b")).isEqualTo("/a/b");
        assertThat(normal("/a/...")).isEqualTo("/a/...");
        assertThat(normal("/a/.b/c.")).isEqualTo("/a/.b/c.");
        assertThat(normal("/a/%2e%2E/b")).isEqualTo("/b");
        assertThat(normal("/a/.%2e/b")).isEqualTo("/b");
        assertThat(normal("/a//b")).as("slashes are merged by another option").isEqualTo("/a//b");
        assertThat(normal("/a?b/../c")).as("the query stays").isEqualTo("/a?b/../c");
        assertThat(normal("/a/../b?c=/./")).isEqualTo("/b?c=/./");
    }

    @Test
    void backslashesAreSlashesAndUnreservedCharactersAreNotEscaped() {
        assertThat(normal("/a\\b\\..\\c")).isEqualTo("/a/c");
        assertThat(normal("/%61%7e%2D")).isEqualTo("/a~-");
        assertThat(normal("/%2f%5c%3F")).as("reserved ones stay as they are").isEqualTo("/%2f%5c%3F");
        assertThat(normal("/%zz%4")).as("what is no escape stays").isEqualTo("/%zz%4");
        assertThat(normal("/a\"<b>{}`")).isEqualTo("/a%22%3Cb%3E%7B%7D%60");
        assertThat(normal("/" + HeadText.latin("é"))).isEqualTo("/%C3%A9");
        assertThat(normal("/!$&'()*+,;=:@[]^|~")).isEqualTo("/!$&'()*+,;=:@[]^|~");
    }

    @Test
    void aNulIsRejected() {
        var spec = paths(true, false, EscapedSlashes.KEEP_UNCHANGED);
        assertThat(apply(spec, Heads.to("/a%00b"))).isEqualTo(Verdict.REJECT_PATH);
        assertThat(apply(spec, Heads.to("/a?%00"))).isEqualTo(Verdict.ACCEPT);
    }

    @Test
    void aNormalPathIsItsOwnNormalFormAndHasNoDotSegments() {
        for (long seed = 1; seed <= 20_000; seed++) {
            var random = new Random(seed);
            var path = new StringBuilder("/");
            for (int i = random.nextInt(12); i > 0; i--) {
                path.append(new String[]{"/", ".", "..", "a", "%2e", "%2F", "\\", "%5c", "%", "b", "%61"}[random
                        .nextInt(11)]);
            }
            String once = String.valueOf(PathForm.normalize(path.toString()));
            assertThat(once).as("seed %d: %s", seed, path).startsWith("/").doesNotContain("/./", "/../", "\\");
            assertThat(once.endsWith("/.") || once.endsWith("/..")).as("seed %d: %s", seed, path).isFalse();
            // "%" before "61" can come together to an escape only by the removal of one: not here, so once is enough
            if (!path.toString().contains("%%")) {
                assertThat(PathForm.normalize(once)).as("seed %d: %s", seed, path).isEqualTo(once);
            }
        }
    }

    @Test
    void neighbouringSlashesBecomeOne() {
        assertThat(merged("//a///b//")).isEqualTo("/a/b/");
        assertThat(merged("/a//b?c//d")).isEqualTo("/a/b?c//d");
        assertThat(merged("/")).isEqualTo("/");
        assertThat(merged("//")).isEqualTo("/");
        var both = Heads.to("/a//.//b");
        assertThat(apply(paths(true, true, EscapedSlashes.KEEP_UNCHANGED), both)).isEqualTo(Verdict.ACCEPT);
        assertThat(both.path()).isEqualTo("/a/b");
    }

    @Test
    void escapedSlashesAreKeptRejectedOrUnescaped() {
        for (var action : EscapedSlashes.values()) {
            var head = Heads.to("/a%2Fb%5c..%2fc?%2F");
            var verdict = apply(paths(false, false, action), head);
            switch (action) {
                case KEEP_UNCHANGED -> {
                    assertThat(verdict).isEqualTo(Verdict.ACCEPT);
                    assertThat(head.path()).isEqualTo("/a%2Fb%5c..%2fc?%2F");
                }
                case REJECT_REQUEST -> assertThat(verdict).isEqualTo(Verdict.REJECT_PATH);
                case UNESCAPE_AND_REDIRECT -> {
                    assertThat(verdict).isEqualTo(Verdict.REDIRECT);
                    assertThat(head.path()).isEqualTo("/a/b\\../c?%2F");
                }
                case UNESCAPE_AND_FORWARD -> {
                    assertThat(verdict).isEqualTo(Verdict.ACCEPT);
                    assertThat(head.path()).isEqualTo("/a/b\\../c?%2F");
                }
            }
        }
        var spec = paths(true, true, EscapedSlashes.UNESCAPE_AND_REDIRECT);
        var head = Heads.to("/a%2F%2Fb%5C..%2fc?d");
        assertThat(apply(spec, head)).isEqualTo(Verdict.REDIRECT);
        assertThat(head.path()).isEqualTo("/a/c?d");
        assertThat(apply(spec, Heads.to("/a/../b?%2F"))).as("only escapes redirect").isEqualTo(Verdict.ACCEPT);
    }

    @Test
    void portsAreStrippedAsTheModeSays() {
        assertThat(host(StripPort.ANY, false, "a.example:8080")).isEqualTo("a.example");
        assertThat(host(StripPort.ANY, false, "[::1]:8080")).isEqualTo("[::1]");
        assertThat(host(StripPort.ANY, false, "[::1]")).isEqualTo("[::1]");
        assertThat(host(StripPort.ANY, false, "a.example")).isEqualTo("a.example");
        assertThat(host(StripPort.ANY, false, "a.example:")).isEqualTo("a.example:");
        assertThat(host(StripPort.ANY, false, "a.example:x")).isEqualTo("a.example:x");
        assertThat(host(StripPort.MATCHING, false, "a.example:80")).isEqualTo("a.example");
        assertThat(host(StripPort.MATCHING, false, "a.example:81")).isEqualTo("a.example:81");
        assertThat(host(StripPort.NONE, false, "a.example:80")).isEqualTo("a.example:80");
    }

    @Test
    void aTrailingDotIsStrippedBeforeAPortToo() {
        assertThat(host(StripPort.NONE, true, "a.example.")).isEqualTo("a.example");
        assertThat(host(StripPort.NONE, true, "a.example.:80")).isEqualTo("a.example:80");
        assertThat(host(StripPort.ANY, true, "a.example.:80")).isEqualTo("a.example");
        assertThat(host(StripPort.NONE, true, "a.example")).isEqualTo("a.example");
    }

    @Test
    void namesWithUnderscoresPassAreDroppedOrRejected() {
        var allowed = Heads.to("/", "x_a: 1", "x-b: 2_");
        assertThat(apply(names(Underscores.ALLOW), allowed)).isEqualTo(Verdict.ACCEPT);
        assertThat(Heads.lines(allowed)).contains("x_a: 1");
        assertThat(apply(names(Underscores.DROP_HEADER), allowed)).isEqualTo(Verdict.ACCEPT);
        assertThat(Heads.lines(allowed)).containsExactly("host: a.example", "x-b: 2_");
        assertThat(apply(names(Underscores.REJECT_REQUEST), allowed)).isEqualTo(Verdict.ACCEPT);
        assertThat(apply(names(Underscores.REJECT_REQUEST), Heads.to("/", "x_a: 1"))).isEqualTo(Verdict.REJECT_HEADER);
    }

    @Test
    void aTargetThatIsNoPathIsLeftAlone() {
        var head = Heads.request("OPTIONS", "a.example", "*");
        assertThat(apply(paths(true, true, EscapedSlashes.UNESCAPE_AND_FORWARD), head)).isEqualTo(Verdict.ACCEPT);
        assertThat(head.path()).isEqualTo("*");
    }
}
