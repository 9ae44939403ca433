package io.weir.filters.transcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.filters.transcode.HttpTemplate.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Templates of paths and what they fit. */
class HttpTemplateTest {
    private final TemplateIndex<String> index = new TemplateIndex<>(false);

    private void add(String... templates) {
        for (String template : templates) {
            assertThat(index.add("GET", HttpTemplate.of(template), template)).as(template).isTrue();
        }
    }

    private String found(String path) {
        return found("GET", path);
    }

    private String found(String method, String path) {
        var match = index.find(method, path);
        return match == null ? "" : match.found();
    }

    @Test
    void aTemplateIsReadIntoSegmentsVariablesAndVerb() {
        var template = HttpTemplate.of("/v1/{a.b=shelves/*}/{c}/{d=**}:move");
        assertThat(template.segments()).containsExactly("v1", "shelves", "*", "*", "**");
        assertThat(template.variables()).containsExactly(new Variable("a.b", 1, 3), new Variable("c", 3, 4),
                new Variable("d", 4, 0));
        assertThat(template.verb()).isEqualTo("move");
        assertThat(HttpTemplate.of("/v1/**").variables()).isEmpty();
    }

    @Test
    void whatIsNoTemplateIsSaidSo() {
        for (String wrong : List.of("", "v1", "/", "/v1/", "/{a", "/{a={b}}", "/{=*}", "/**/a", "/{a=**}/b", "/a:",
                "/a}",
                "/a:b/c", "/a*")) {
            assertThatThrownBy(() -> HttpTemplate.of(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aLiteralGoesBeforeOneSegmentAndThatBeforeTheRest() {
        add("/v1/items", "/v1/*", "/v1/**", "/v1/items/{id}", "/v1/items/best", "/**");
        assertThat(found("/v1/items")).isEqualTo("/v1/items");
        assertThat(found("/v1/others")).isEqualTo("/v1/*");
        assertThat(found("/v1/a/b/c")).isEqualTo("/v1/**");
        assertThat(found("/v1")).isEqualTo("/v1/**");
        assertThat(found("/v1/items/7")).isEqualTo("/v1/items/{id}");
        assertThat(found("/v1/items/best")).isEqualTo("/v1/items/best");
        assertThat(found("/v1/items/best/of")).isEqualTo("/v1/**");
        assertThat(found("/")).isEqualTo("/**");
        assertThat(found("/v1/*")).as("no wildcard of the client's").isEqualTo("/v1/*");
    }

    @Test
    void aSearchComesBackFromALiteralThatLeadsNowhere() {
        add("/a/b/c", "/a/*/d", "/{x}/b/e");
        assertThat(found("/a/b/c")).isEqualTo("/a/b/c");
        assertThat(found("/a/b/d")).isEqualTo("/a/*/d");
        assertThat(found("/a/b/e")).isEqualTo("/{x}/b/e");
        assertThat(found("/a/b/f")).isEmpty();
        assertThat(found("/a//d")).as("an empty segment is none").isEmpty();
    }

    @Test
    void aColonIsAVerbWhereATemplateHasIt() {
        add("/v1/{id}", "/v1/{id}:move");
        assertThat(found("/v1/a:move")).isEqualTo("/v1/{id}:move");
        assertThat(found("/v1/a:b")).isEqualTo("/v1/{id}");
        var strict = new TemplateIndex<String>(true);
        strict.add("GET", HttpTemplate.of("/v1/{id}"), "one");
        assertThat(strict.find("GET", "/v1/a:b")).isNull();
        assertThat(strict.find("GET", "/v1/a")).isNotNull();
    }

    @Test
    void onePlaceHoldsOneAndMethodsHaveTheirOwn() {
        add("/v1/{id}");
        assertThat(index.add("GET", HttpTemplate.of("/v1/{other}"), "again")).isFalse();
        assertThat(index.add("*", HttpTemplate.of("/v1/{id}"), "any")).isTrue();
        assertThat(found("GET", "/v1/a")).isEqualTo("/v1/{id}");
        assertThat(found("PUT", "/v1/a")).isEqualTo("any");
    }

    @Test
    void whatStaysEncodedIsWhatEnvoySays() {
        String text = "%2f%23/%20%2523";
        assertThat(Escapes.ALL_BUT_RESERVED.decoded(text, false)).isEqualTo("%2f%23/ %23");
        assertThat(Escapes.ALL_BUT_SLASH.decoded(text, false)).isEqualTo("%2f#/ %23");
        assertThat(Escapes.ALL.decoded(text, false)).isEqualTo("/#/ %23");
        assertThat(Escapes.ALL.decoded("a+b%2", true)).isEqualTo("a b%2");
        assertThat(Escapes.ALL.decoded("a+b%zz", false)).isEqualTo("a+b%zz");
        assertThat(Escapes.ALL.decoded("%C3%A4", false)).isEqualTo("\u00e4");
    }
}
