package io.weir.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec.ClientAddress;
import io.weir.http.route.Heads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedClientTest {
    private static String found(ClientAddress rule, HttpHead request) {
        var client = new ForwardedClient(rule);
        return client.find(request) ? request.text(client.start(), client.end()) : "none";
    }

    /** The last column is what is found once our own entry, if any, has been appended. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            false, 0, false, '1.1.1.1, 2.2.2.2',            2.2.2.2
            false, 1, false, '1.1.1.1, 2.2.2.2',            1.1.1.1
            false, 2, false, '1.1.1.1, 2.2.2.2',            none
            true,  0, false, '1.1.1.1, 2.2.2.2',            none
            true,  1, false, '1.1.1.1,2.2.2.2, 9.9.9.9',    2.2.2.2
            true,  1, true,  '1.1.1.1, 2.2.2.2',            2.2.2.2
            true,  0, true,  '1.1.1.1, 2.2.2.2',            none
            false, 0, false, '2001:db8::7',                 2001:db8::7
            false, 0, false, 'unknown',                     none
            false, 0, false, '1.1.1.1, ',                   none
            false, 1, false, ' 1.1.1.1 ,2.2.2.2',           1.1.1.1
            """)
    void theClientIsAsManyEntriesFromTheEndAsProxiesAreTrusted(boolean edge, int hops, boolean skip, String header,
            String expected) {
        assertThat(found(new ClientAddress(edge, hops, skip, false), Heads.to("/", "x-forwarded-for: " + header)))
                .isEqualTo(expected);
    }

    @Test
    void ofSeveralLinesTheLastCountsAndWithoutOneThereIsNone() {
        var rule = new ClientAddress(false, 0, false, false);
        assertThat(found(rule, Heads.to("/", "x-forwarded-for: 1.1.1.1", "x-forwarded-for: 2.2.2.2")))
                .isEqualTo("2.2.2.2");
        assertThat(found(rule, Heads.to("/"))).isEqualTo("none");
        assertThat(new ForwardedClient(rule).find(null)).isFalse();
    }
}
