package io.weir.filters.cache.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HeaderName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a stored response may be used; times are seconds since 1970, all in one place. */
final class FreshnessTest {
    private static final long DAY = 784_111_777L; // Sun, 06 Nov 1994 08:49:37 GMT
    private static final Directives NOTHING = new Directives();

    private static StoredResponse stored(long age, String... lines) {
        return stored(DAY, DAY, age, lines);
    }

    private static StoredResponse stored(long asked, long came, long age, String... lines) {
        var all = new ArrayList<StoredResponse.Line>();
        for (String line : lines) {
            int colon = line.indexOf(": ");
            all.add(new StoredResponse.Line(HeaderName.of(line.substring(0, colon)), line.substring(colon + 2)));
        }
        return new StoredResponse(200, all, new Content.Bytes(new byte[0]), asked * 1000, came * 1000, age);
    }

    private static Directives said(String line) {
        var said = new Directives();
        said.read(line);
        return said;
    }

    private static boolean usable(StoredResponse stored, String asked, long secondsLater) {
        return Freshness.usable(stored, asked.isEmpty() ? NOTHING : said(asked), (DAY + secondsLater) * 1000);
    }

    @Test
    void allThreeFormsOfADateAreRead() { // RFC 9110 section 5.6.7
        for (String date : List.of("Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                "Sun Nov  6 08:49:37 1994")) {
            assertThat(HttpDate.millis(date, DAY * 1000)).as(date).isEqualTo(DAY * 1000);
        }
        for (String date : List.of("0", "-1", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 +0000",
                "Sun, 06 Xxx 1994 08:49:37 GMT", "")) {
            assertThat(HttpDate.millis(date, DAY * 1000)).as(date).isEqualTo(HttpDate.NONE);
        }
    }

    @Test
    void sharedMaxAgeGoesBeforeMaxAgeAndThatBeforeExpires() { // RFC 9111 section 4.2.1
        String expires = "expires: Sun, 06 Nov 1994 08:49:47 GMT";
        String date = "date: Sun, 06 Nov 1994 08:49:37 GMT";
        assertThat(stored(0, date, expires).lifetimeSeconds()).isEqualTo(10);
        assertThat(stored(0, date, expires, "cache-control: max-age=20").lifetimeSeconds()).isEqualTo(20);
        assertThat(stored(0, date, expires, "cache-control: max-age=20, s-maxage=5").lifetimeSeconds()).isEqualTo(5);
        assertThat(stored(0, date, "expires: 0").lifetimeSeconds()).isZero();
        assertThat(stored(0, date, "last-modified: Sun, 06 Nov 1993 08:49:37 GMT").lifetimeSeconds()).isZero();
    }

    @Test
    void ofADirectiveThatIsSaidTwiceTheSmallerNumberCounts() { // RFC 9111 section 4.2.1
        assertThat(stored(0, "cache-control: max-age=20", "cache-control: max-age=10").lifetimeSeconds()).isEqualTo(10);
        assertThat(stored(0, "cache-control: max-age=abc").lifetimeSeconds()).isZero();
        assertThat(stored(0, "cache-control: max-age=\"30\"").lifetimeSeconds()).isEqualTo(30);
        assertThat(stored(0, "cache-control: MAX-AGE=99999999999999999999").lifetimeSeconds())
                .isEqualTo(Directives.SECONDS_MAX);
        assertThat(stored(0, "cache-control: x=\"a, max-age=5\", max-age=7").lifetimeSeconds()).isEqualTo(7);
    }

    @Test
    void whatIsOlderThanItLivesIsStale() { // RFC 9111 section 4.2
        var stored = stored(0, "cache-control: max-age=10");
        assertThat(usable(stored, "", 9)).isTrue();
        assertThat(usable(stored, "", 10)).isFalse();
    }

    @Test
    void ageCountsWhatItWasElsewhereAndOnTheWay() { // RFC 9111 section 4.2.3
        assertThat(stored(7, "cache-control: max-age=10").ageSeconds(DAY * 1000)).isEqualTo(7);
        assertThat(stored(DAY, DAY + 3, 7).ageSeconds((DAY + 5) * 1000)).isEqualTo(12);
        assertThat(stored(DAY, DAY, 7, "date: Sun, 06 Nov 1994 08:49:17 GMT").ageSeconds((DAY + 5) * 1000))
                .isEqualTo(25);
        assertThat(stored(0, "date: Sun, 06 Nov 2094 08:49:37 GMT").ageSeconds(DAY * 1000)).isZero();
    }

    @Test
    void aRequestMaySayHowOldAndHowFresh() { // RFC 9111 sections 5.2.1.1 to 5.2.1.4
        var stored = stored(0, "cache-control: max-age=10");
        assertThat(usable(stored, "no-cache", 1)).isFalse();
        assertThat(usable(stored, "max-age=5", 5)).isTrue();
        assertThat(usable(stored, "max-age=5", 6)).isFalse();
        assertThat(usable(stored, "min-fresh=5", 5)).isTrue();
        assertThat(usable(stored, "min-fresh=5", 6)).isFalse();
        assertThat(usable(stored, "max-stale=5", 15)).isTrue();
        assertThat(usable(stored, "max-stale=5", 16)).isFalse();
        assertThat(usable(stored, "max-stale", 99_999)).isTrue();
        assertThat(usable(stored, "max-stale=x", 11)).isFalse();
    }

    @Test
    void whatMustBeAskedForIsNeverUsedStale() { // RFC 9111 sections 5.2.2.2, 5.2.2.4, 5.2.2.8, 5.2.2.10
        for (String more : List.of("must-revalidate", "proxy-revalidate", "s-maxage=10")) {
            assertThat(usable(stored(0, "cache-control: max-age=10, " + more), "max-stale", 11)).as(more).isFalse();
        }
        assertThat(usable(stored(0, "cache-control: max-age=10, no-cache"), "", 1)).isFalse();
        assertThat(usable(stored(0, "cache-control: max-age=10, no-cache=\"set-cookie\""), "", 1)).isFalse();
    }

    @Test
    void inPlaceOfAnErrorItMayBeStaleForAsLongAsOneSideSays() { // RFC 5861 section 4
        var stored = stored(0, "cache-control: max-age=10, stale-if-error=20");
        assertThat(Freshness.usableInsteadOfError(stored, NOTHING, (DAY + 30) * 1000)).isTrue();
        assertThat(Freshness.usableInsteadOfError(stored, NOTHING, (DAY + 31) * 1000)).isFalse();
        assertThat(Freshness.usableInsteadOfError(stored, said("stale-if-error=30"), (DAY + 40) * 1000)).isTrue();
        assertThat(Freshness.usableInsteadOfError(stored, said("no-cache"), (DAY + 11) * 1000)).isFalse();
        var strict = stored(0, "cache-control: max-age=10, stale-if-error=20, must-revalidate");
        assertThat(Freshness.usableInsteadOfError(strict, NOTHING, (DAY + 11) * 1000)).isFalse();
    }

    @Test
    void whileAnotherAsksItMayBeStaleForAsLongAsItSays() { // RFC 5861 section 3
        var stored = stored(0, "cache-control: max-age=10, stale-while-revalidate=20");
        assertThat(Freshness.usableWhileAsked(stored, NOTHING, (DAY + 30) * 1000)).isTrue();
        assertThat(Freshness.usableWhileAsked(stored, NOTHING, (DAY + 31) * 1000)).isFalse();
        for (String asked : List.of("no-cache", "max-age=100", "min-fresh=1")) {
            assertThat(Freshness.usableWhileAsked(stored, said(asked), (DAY + 11) * 1000)).as(asked).isFalse();
        }
        for (String more : List.of("must-revalidate", "s-maxage=10", "no-cache")) {
            assertThat(Freshness.usableWhileAsked(stored(0, "cache-control: max-age=10, stale-while-revalidate=20, "
                    + more), NOTHING, (DAY + 11) * 1000)).as(more).isFalse();
        }
    }

    @Test
    void aSinglePartIsUnderstoodAndNothingElse() { // RFC 9110 section 14.1.2
        assertThat(ByteRange.of("bytes=0-3", 10)).isEqualTo(new ByteRange.Part(0, 3));
        assertThat(ByteRange.of("Bytes=4-", 10)).isEqualTo(new ByteRange.Part(4, 9));
        assertThat(ByteRange.of("bytes=-3", 10)).isEqualTo(new ByteRange.Part(7, 9));
        assertThat(ByteRange.of("bytes=-30", 10)).isEqualTo(new ByteRange.Part(0, 9));
        assertThat(ByteRange.of("bytes=5-99999999999999999999", 10)).isEqualTo(new ByteRange.Part(5, 9));
        assertThat(ByteRange.of("bytes=10-", 10)).isEqualTo(ByteRange.OUTSIDE);
        assertThat(ByteRange.of("bytes=-0", 10)).isEqualTo(ByteRange.OUTSIDE);
        assertThat(ByteRange.of("bytes=0-1,3-4", 10)).isEqualTo(ByteRange.FOREIGN);
        for (String nonsense : List.of("bytes=3-1", "bytes=a-b", "bytes=", "bytes=-", "lines=0-1", "bytes=1")) {
            assertThat(ByteRange.of(nonsense, 10)).as(nonsense).isEqualTo(ByteRange.WHOLE);
        }
        assertThat(ByteRange.of(null, 10)).isEqualTo(ByteRange.WHOLE);
    }
}
