package io.weir.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Redirect.PathChange;
import io.weir.http.route.rewrite.PathRewrite;
import io.weir.http.route.match.HeadText;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RedirectTest {
    private static final PathChange KEEP = new PathChange.Keep();

    private static String location(@Nullable String scheme, @Nullable String host, int port, String requestScheme,
            String authority) {
        return new Redirect(301, scheme, host, port, KEEP, false).location(Heads.request("GET", authority, "/p?q"),
                requestScheme);
    }

    private static String path(PathChange change, boolean stripQuery, HttpHead head) {
        String location = new Redirect(301, null, null, 0, change, stripQuery).location(head, "http");
        return location.substring("http://a.example".length());
    }

    @Test
    void schemeHostAndPortAreReplacedOneByOne() {
        assertThat(location("https", null, 0, "http", "a.example")).isEqualTo("https://a.example/p?q");
        assertThat(location(null, "b.example", 0, "http", "a.example:8080")).isEqualTo("http://b.example/p?q");
        assertThat(location(null, null, 8443, "https", "a.example:1")).isEqualTo("https://a.example:8443/p?q");
        assertThat(location("https", "b.example", 8443, "http", "a.example")).isEqualTo("https://b.example:8443/p?q");
        assertThat(location(null, null, 81, "http", "[fe80::1]:80")).isEqualTo("http://[fe80::1]:81/p?q");
        assertThat(location(null, null, 81, "http", "[fe80::1]")).isEqualTo("http://[fe80::1]:81/p?q");
    }

    @Test
    void theOldSchemesStandardPortIsDroppedWithTheScheme() {
        assertThat(location("https", null, 0, "http", "a.example:80")).isEqualTo("https://a.example/p?q");
        assertThat(location("http", null, 0, "https", "a.example:443")).isEqualTo("http://a.example/p?q");
        assertThat(location("https", null, 0, "http", "a.example:8080")).isEqualTo("https://a.example:8080/p?q");
        assertThat(location("https", null, 0, "https", "a.example:80")).isEqualTo("https://a.example:80/p?q");
    }

    @Test
    void aNewPathKeepsTheQueryUnlessItBringsItsOwn() {
        assertThat(path(new PathChange.Replace("/new"), false, Heads.to("/old?x=1"))).isEqualTo("/new?x=1");
        assertThat(path(new PathChange.Replace("/new?y=2"), false, Heads.to("/old?x=1"))).isEqualTo("/new?y=2");
        assertThat(path(new PathChange.Replace("/new"), true, Heads.to("/old?x=1"))).isEqualTo("/new");
        assertThat(path(new PathChange.Replace("/new?y=2"), true, Heads.to("/old?x=1"))).isEqualTo("/new?y=2");
        assertThat(path(KEEP, true, Heads.to("/old?x=1"))).isEqualTo("/old");
    }

    @Test
    void aPrefixOrAPatternIsRewrittenAsForForwardedRequests() {
        var prefix = new PathRewrite.Prefix(4, HeadText.bytes("/new"));
        var head = Heads.to("/old/a?x=1");
        assertThat(path(new PathChange.Rewrite(prefix), false, head)).isEqualTo("/new/a?x=1");
        assertThat(path(new PathChange.Rewrite(prefix), true, head)).isEqualTo("/new/a");
        var regex = PathRewrite.Regex.of(Pattern.compile("/old/(.*)"), "/\\1/new");
        assertThat(path(new PathChange.Rewrite(regex), false, head)).isEqualTo("/a/new?x=1");
        assertThat(path(new PathChange.Rewrite(PathRewrite.KEEP), false, head)).isEqualTo("/old/a?x=1");
        assertThat(head.path()).as("the request stays").isEqualTo("/old/a?x=1");
    }
}
