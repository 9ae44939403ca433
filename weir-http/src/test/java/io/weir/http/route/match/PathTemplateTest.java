package io.weir.http.route.match;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PathTemplateTest {
    private static PathTemplate template(String text) {
        return switch (PathTemplate.of(text)) {
            case PathTemplate.Result.Ready(PathTemplate template) -> template;
            case PathTemplate.Result.Refused(String message, String cure) ->
                throw new AssertionError(text + ": " + message + "; " + cure);
        };
    }

    private static String refusal(String text) {
        return switch (PathTemplate.of(text)) {
            case PathTemplate.Result.Ready _ -> "";
            case PathTemplate.Result.Refused refused -> refused.message();
        };
    }

    /** What the variables are in a path; null where it does not match. */
    private static @Nullable Map<String, String> values(PathTemplate template, String path) {
        byte[] bytes = HeadText.bytes("GET " + path + "?q");
        int to = bytes.length - 2;
        int[] spans = template.spans(bytes, 4, to);
        assertThat(spans != null).isEqualTo(template.matches(bytes, 4, to));
        if (spans == null) {
            return null;
        }
        var values = new TreeMap<String, String>();
        for (int i = 0; i < template.variables().size(); i++) {
            values.put(template.variables().get(i),
                    new String(bytes, spans[2 * i], spans[2 * i + 1] - spans[2 * i],
                            java.nio.charset.StandardCharsets.UTF_8));
        }
        return values;
    }

    @Test
    void theExamplesOfEnvoysDocumentationMatch() {
        assertThat(values(template("/videos/*/*/*.m4s"), "/videos/123414/hls/1080p5000_00001.m4s")).isEmpty();
        assertThat(values(template("/videos/{file}"), "/videos/1080p5000_00001.m4s"))
                .isEqualTo(Map.of("file", "1080p5000_00001.m4s"));
        assertThat(values(template("/**.mpd"), "/content/123/india/dash/55/manifest.mpd")).isEmpty();
        assertThat(values(template("/{path=v1/**}"), "/v1/a/b")).isEqualTo(Map.of("path", "v1/a/b"));
        assertThat(values(template("/{a=x/*}/{b}.mp4"), "/x/y/z.mp4")).isEqualTo(Map.of("a", "x/y", "b", "z"));
        assertThat(values(template("/a/**"), "/a/")).isEmpty();
        assertThat(values(template("/a/**/z"), "/a/b/c/z")).isEmpty();
    }

    @Test
    void aHoleTakesOneSegmentAndNoneThatIsEmpty() {
        assertThat(values(template("/a/*"), "/a/")).isNull();
        assertThat(values(template("/a/*"), "/a/b/c")).isNull();
        assertThat(values(template("/a/{x}/c"), "/a//c")).isNull();
        assertThat(values(template("/*.mpd"), "/.mpd")).isNull();
        assertThat(values(template("/a/*"), "/a/b=c")).as("no pchar of Envoy's").isNull();
        assertThat(values(template("/a/"), "/a")).isNull();
    }

    @Test
    void whatIsNoTemplateIsRefused() {
        assertThat(refusal("a/b")).contains("begins with a slash");
        assertThat(refusal("/a//b")).contains("empty");
        assertThat(refusal("/a*b")).contains("'a*b' cannot stand");
        assertThat(refusal("/**/*")).contains("a hole follows **");
        assertThat(refusal("/{a=**}/{b}")).contains("a hole follows **");
        assertThat(refusal("/{a=**/*}")).contains("a hole follows **");
        assertThat(refusal("/*.mpd/b")).contains("ends the template");
        assertThat(refusal("/{a}{b}")).contains("cannot stand");
        assertThat(refusal("/{a")).contains("no }");
        assertThat(refusal("/{1a}")).contains("a variable's name");
        assertThat(refusal("/{a234567890123456x}")).contains("a variable's name");
        assertThat(refusal("/{a}/{a}")).contains("two variables a");
        assertThat(refusal("/{a}/{b}/{c}/{d}/{e}/{f}")).contains("more than 5");
        assertThat(refusal("/{a=}")).contains("matches nothing");
        assertThat(refusal("/{a=b/}")).contains("whole segments");
        assertThat(refusal("/é")).contains("cannot stand");
    }

    @Test
    void aTemplateMatchesAsTheExpressionThatItStandsForWould() {
        int matched = 0;
        for (long seed = 1; seed <= 5_000; seed++) {
            var random = new Random(seed);
            var regex = new StringBuilder();
            String text = randomTemplate(random, regex);
            if (!(PathTemplate.of(text) instanceof PathTemplate.Result.Ready(PathTemplate template))) {
                throw new AssertionError("seed " + seed + ": " + text);
            }
            var pattern = Pattern.compile(regex.toString());
            for (int i = 0; i < 20; i++) {
                String path = randomPath(random);
                var matcher = pattern.matcher(path);
                Map<String, String> expected = null;
                if (matcher.matches()) {
                    matched++;
                    expected = new TreeMap<>();
                    for (String name : template.variables()) {
                        expected.put(name, matcher.group(name));
                    }
                }
                assertThat(values(template, path)).as("seed %d: %s on %s", seed, text, path).isEqualTo(expected);
            }
        }
        assertThat(matched).as("the test tests something").isGreaterThan(2_000);
    }

    private static String randomPath(Random random) {
        var path = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            path.append('/').append(List.of("a", "b", "ab", "a.x", ".x", "", "a=b", "x").get(random.nextInt(8)));
        }
        return path.toString();
    }

    /** A template, and into {@code regex} what Envoy makes of it. */
    private static String randomTemplate(Random random, StringBuilder regex) {
        String segment = "[a-zA-Z0-9\\-._~%!$&'()+,;:@]+";
        String rest = "[a-zA-Z0-9\\-._~%!$&'()+,;:@/]*";
        var text = new StringBuilder();
        boolean over = false;
        int variables = 0;
        for (int i = random.nextInt(4); i >= 0; i--) {
            text.append('/');
            regex.append('/');
            var parts = new ArrayList<>(List.of("a", "b", "ab"));
            if (!over) {
                parts.addAll(List.of("*", "**", "{v}", "{v=*}", "{v=**}", "{v=a/*}", "{v=a/**}", "{v=a}"));
            }
            String part = parts.get(random.nextInt(parts.size()));
            over |= part.contains("**");
            String name = "v" + variables;
            if (part.startsWith("{")) {
                variables++;
                String inner = part.equals("{v}") ? "*" : part.substring(3, part.length() - 1);
                regex.append("(?P<").append(name).append(">");
                regex.append(inner.replace("**", "#").replace("*", segment).replace("#", rest)).append(')');
                text.append(part.replace("v", name));
            } else {
                regex.append(part.equals("**") ? rest : part.equals("*") ? segment : part);
                text.append(part);
            }
            if (i == 0 && (part.endsWith("*") || part.endsWith("}")) && random.nextBoolean()) {
                text.append(".x");
                regex.append("\\.x");
            }
        }
        return text.toString();
    }
}
