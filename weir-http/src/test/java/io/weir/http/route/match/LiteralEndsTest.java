package io.weir.http.route.match;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LiteralEndsTest {
    private static final String[] PARTS = {"/", "a", "b", "/a/", "ab", ".", "a*", "a?", "b+", "a{0,2}", "[ab]", "[^/]+",
            "[]a]", "[[:alpha:]]", "[a|b]", "(a|b)", "(ab)", "(?:a)", "(a(b|/))", "|", "\\.", "\\/", "\\d+", "\\w",
            "\\x61", "\\pL", "\\141", "(?i)", "^", "$", "\\Qa|b\\E", "é", ".*", "\\[", "\\(", "[\\]]", "A", "\\$"};
    private static final String[] TEXTS = {"/", "a", "b", "A", "ab", ".", "|", "1", "]", "[", "(", "$", "é", "/a/"};

    private static String parts(Random random, String[] of, int max) {
        var out = new StringBuilder();
        for (int i = random.nextInt(max); i >= 0; i--) {
            out.append(of[random.nextInt(of.length)]);
        }
        return out.toString();
    }

    @Test
    void theLiteralTextOfCommonPatternsIsFound() {
        assertThat(LiteralEnds.of("/users/[0-9]+/orders")).isEqualTo(new LiteralEnds("/users/", "/orders"));
        assertThat(LiteralEnds.of("^/api/v1\\.2/.*$")).isEqualTo(new LiteralEnds("/api/v1.2/", ""));
        assertThat(LiteralEnds.of("/a(b|c)/d")).isEqualTo(new LiteralEnds("/a", "/d"));
        assertThat(LiteralEnds.of(".*[.]png")).isEqualTo(new LiteralEnds("", "png"));
        assertThat(LiteralEnds.of("/ab?")).isEqualTo(new LiteralEnds("/a", ""));
        assertThat(LiteralEnds.of("/a|/b")).isEqualTo(new LiteralEnds("", ""));
    }

    @Test
    void whatAPatternMatchesHasItsLiteralEnds() {
        int matched = 0;
        int told = 0;
        for (long seed = 1; seed <= 20_000; seed++) {
            var random = new Random(seed);
            String regex = parts(random, PARTS, 5);
            Pattern pattern;
            try {
                pattern = Pattern.compile(regex);
            } catch (PatternSyntaxException _) {
                continue;
            }
            var ends = LiteralEnds.of(regex);
            told += ends.start().isEmpty() && ends.end().isEmpty() ? 0 : 1;
            for (int i = 0; i < 20; i++) {
                String text = parts(random, TEXTS, 6);
                byte[] bytes = HeadText.bytes(text);
                if (pattern.matches(text)) {
                    matched++;
                    assertThat(ends.fit(bytes, 0, bytes.length)).as("seed %d: %s on %s", seed, regex, text).isTrue();
                }
            }
        }
        assertThat(matched).as("the test tests something").isGreaterThan(5_000);
        assertThat(told).isGreaterThan(2_000);
    }
}
