package io.weir.http.route.match;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Heads;
import io.weir.http.route.match.HeaderMatch.Test.Present;
import io.weir.http.route.match.HeaderMatch.Test.Range;
import io.weir.http.route.match.HeaderMatch.Test.Text;
import io.weir.http.route.match.HeadText;
import org.junit.jupiter.api.Test;

class HeaderMatchTest {
    private static boolean matches(HeaderMatch.Test test, HttpHead head) {
        return new HeaderMatch("x-a", test, false, false).matches(head);
    }

    private static boolean inverted(HeaderMatch.Test test, HttpHead head) {
        return new HeaderMatch("x-a", test, true, false).matches(head);
    }

    private static Text exact(String value) {
        return new Text(TextMatch.exact(value, false));
    }

    @Test
    void textIsComparedWholeOrInPart() {
        var head = Heads.to("/", "X-A: Green-Blue");
        assertThat(matches(exact("Green-Blue"), head)).isTrue();
        assertThat(matches(exact("green-blue"), head)).isFalse();
        assertThat(matches(new Text(TextMatch.exact("GREEN-blue", true)), head)).isTrue();
        assertThat(matches(new Text(TextMatch.prefix("Green", false)), head)).isTrue();
        assertThat(matches(new Text(TextMatch.prefix("Blue", false)), head)).isFalse();
        assertThat(matches(new Text(TextMatch.suffix("Blue", false)), head)).isTrue();
        assertThat(matches(new Text(TextMatch.suffix("Green", false)), head)).isFalse();
        assertThat(matches(new Text(TextMatch.contains("n-b", true)), head)).isTrue();
        assertThat(matches(new Text(TextMatch.contains("n-b", false)), head)).isFalse();
        assertThat(matches(new Text(new TextMatch.Regex(Pattern.compile("G.*e"))), head)).isTrue();
        assertThat(matches(new Text(new TextMatch.Regex(Pattern.compile("G.*n"))), head)).isFalse();
    }

    @Test
    void textBeyondAsciiIsUtf8() {
        var head = Heads.to("/", "x-a: " + HeadText.latin("grün"));
        assertThat(matches(exact("grün"), head)).isTrue();
        assertThat(matches(new Text(new TextMatch.Regex(Pattern.compile("gr.n"))), head)).isTrue();
    }

    @Test
    void aRangeHoldsItsStartAndNotItsEnd() {
        var range = new Range(-10, 0);
        assertThat(matches(range, Heads.to("/", "x-a: -10"))).isTrue();
        assertThat(matches(range, Heads.to("/", "x-a: -1"))).isTrue();
        assertThat(matches(range, Heads.to("/", "x-a: 0"))).isFalse();
        assertThat(matches(range, Heads.to("/", "x-a: somestring"))).isFalse();
        assertThat(matches(range, Heads.to("/", "x-a: 10.9"))).isFalse();
        assertThat(matches(range, Heads.to("/", "x-a: -1somestring"))).isFalse();
        assertThat(matches(range, Heads.to("/", "x-a:"))).isFalse();
        assertThat(matches(range, Heads.to("/", "x-a: -"))).isFalse();
    }

    @Test
    void aRangeReachesFromTheSmallestToTheLargestNumberAndNotBeyond() {
        var all = new Range(Long.MIN_VALUE, Long.MAX_VALUE);
        assertThat(matches(all, Heads.to("/", "x-a: -9223372036854775808"))).isTrue();
        assertThat(matches(all, Heads.to("/", "x-a: 9223372036854775806"))).isTrue();
        assertThat(matches(all, Heads.to("/", "x-a: 9223372036854775807"))).as("the end").isFalse();
        assertThat(matches(all, Heads.to("/", "x-a: 9223372036854775808"))).isFalse();
        assertThat(matches(all, Heads.to("/", "x-a: -9223372036854775809"))).isFalse();
        assertThat(matches(all, Heads.to("/", "x-a: 99999999999999999999"))).isFalse();
    }

    @Test
    void presenceAndAbsenceAreAskedFor() {
        var with = Heads.to("/", "x-a: 1");
        var without = Heads.to("/");
        assertThat(matches(new Present(true), with)).isTrue();
        assertThat(matches(new Present(true), without)).isFalse();
        assertThat(matches(new Present(false), with)).isFalse();
        assertThat(matches(new Present(false), without)).isTrue();
        assertThat(inverted(new Present(true), without)).isTrue();
        assertThat(inverted(new Present(true), with)).isFalse();
    }

    @Test
    void aMissingFieldFailsEvenInverted() {
        assertThat(matches(exact("1"), Heads.to("/"))).isFalse();
        assertThat(inverted(exact("1"), Heads.to("/"))).isFalse();
        assertThat(inverted(exact("1"), Heads.to("/", "x-a: 2"))).isTrue();
    }

    @Test
    void aMissingFieldIsEmptyWhereTheMatchSaysSo() {
        var range = new Range(0, 10);
        assertThat(new HeaderMatch("x-a", range, true, true).matches(Heads.to("/"))).isTrue();
        assertThat(new HeaderMatch("x-a", range, false, true).matches(Heads.to("/"))).isFalse();
        assertThat(new HeaderMatch("x-a", exact(""), false, true).matches(Heads.to("/"))).isTrue();
    }

    @Test
    void severalLinesCountAsOneValueJoinedByCommas() {
        var head = Heads.to("/", "x-a: 1", "x-b: z", "x-a: 2", "x-a:");
        assertThat(matches(exact("1,2,"), head)).isTrue();
        assertThat(matches(exact("1"), head)).isFalse();
        var emptyFirst = Heads.to("/", "x-a:", "x-a: 2");
        assertThat(matches(exact(",2"), emptyFirst)).isTrue();
    }

    @Test
    void pseudoFieldsAreFoundWhereHttp1KeepsThem() {
        var head = Heads.request("PUT", "b.example:81", "/x?y", "x-forwarded-proto: https");
        assertThat(new HeaderMatch(":method", exact("PUT"), false, false).matches(head)).isTrue();
        assertThat(new HeaderMatch(":path", exact("/x?y"), false, false).matches(head)).isTrue();
        assertThat(new HeaderMatch(":authority", exact("b.example:81"), false, false).matches(head)).isTrue();
        assertThat(new HeaderMatch("Host", exact("b.example:81"), false, false).matches(head)).isTrue();
        assertThat(new HeaderMatch(":scheme", exact("https"), false, false).matches(head)).isTrue();
        assertThat(new HeaderMatch(":method", new Present(true), false, false).matches(head)).isTrue();
    }

    @Test
    void theFirstQueryParameterOfANameCounts() {
        var head = Heads.to("/p?a=1&b&a=2&c=x=y&d=");
        assertThat(QueryMatch.value("a", TextMatch.exact("1", false)).matches(head)).isTrue();
        assertThat(QueryMatch.value("a", TextMatch.exact("2", false)).matches(head)).isFalse();
        assertThat(QueryMatch.value("c", TextMatch.exact("x=y", false)).matches(head)).isTrue();
        assertThat(QueryMatch.value("b", TextMatch.exact("", false)).matches(head)).isTrue();
        assertThat(QueryMatch.value("d", TextMatch.exact("", false)).matches(head)).isTrue();
        assertThat(QueryMatch.present("b", true).matches(head)).isTrue();
        assertThat(QueryMatch.present("p", true).matches(head)).isFalse();
        assertThat(QueryMatch.present("p", false).matches(head)).isTrue();
        assertThat(QueryMatch.present("b", false).matches(head)).isFalse();
        assertThat(QueryMatch.present("a", true).matches(Heads.to("/a"))).isFalse();
        assertThat(QueryMatch.present("a", true).matches(Heads.to("/?&&a"))).isTrue();
    }
}
