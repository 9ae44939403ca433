package io.weir.net.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HttpDateTest {
    private final HttpDate date = new HttpDate();

    @Test
    void theDateIsTheOneOfTheRfc() {
        // RFC 9110 section 5.6.7 gives this example
        assertThat(new String(date.at(784111777_000L), US_ASCII)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
    }

    @Test
    void theSameSecondGivesTheSameArray() {
        byte[] first = date.at(784111777_000L);
        assertThat(date.at(784111777_999L)).isSameAs(first);
        assertThat(new String(date.at(784111778_000L), US_ASCII)).endsWith("08:49:38 GMT");
    }
}
