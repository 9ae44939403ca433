package io.weir.http.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec.ClientAddress;
import io.weir.http.config.HttpManagerSpec.Detection;
import io.weir.http.config.HttpManagerSpec.Scheme;
import io.weir.http.route.Heads;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedClientTest {
    private static final byte[] DIRECT = "9.9.9.9".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UNIX = {};

    private static String found(ClientAddress rule, byte[] direct, @Nullable HttpHead request) {
        var client = new ForwardedClient(rule);
        client.locate(request, direct);
        return new String(client.bytes(), client.start(), client.end() - client.start(), StandardCharsets.US_ASCII);
    }

    /** The last column is what is found once our own entry, 9.9.9.9, has been appended, if it is. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            false, 0, false, '1.1.1.1, 2.2.2.2',            2.2.2.2
            false, 1, false, '1.1.1.1, 2.2.2.2',            1.1.1.1
            false, 2, false, '1.1.1.1, 2.2.2.2',            9.9.9.9
            true,  0, false, '1.1.1.1, 2.2.2.2, 9.9.9.9',   9.9.9.9
            true,  1, false, '1.1.1.1,2.2.2.2, 9.9.9.9',    2.2.2.2
            true,  2, false, '1.1.1.1,2.2.2.2, 9.9.9.9',    1.1.1.1
            true,  3, false, '1.1.1.1,2.2.2.2, 9.9.9.9',    9.9.9.9
            true,  1, true,  '1.1.1.1, 2.2.2.2',            2.2.2.2
            true,  0, true,  '1.1.1.1, 2.2.2.2',            9.9.9.9
            false, 0, false, '2001:db8::7',                 2001:db8::7
            false, 0, false, '2001:DB8:0:0::7',             2001:db8::7
            false, 0, false, '::ffff:1.2.3.4',              1.2.3.4
            false, 0, false, 'unknown',                     9.9.9.9
            false, 0, false, 'beef',                        9.9.9.9
            false, 0, false, '1.1.1.256',                   9.9.9.9
            false, 0, false, '1.1.1.1:80',                  9.9.9.9
            false, 0, false, '1.1.1.1, ',                   9.9.9.9
            false, 1, false, ' 1.1.1.1 ,2.2.2.2',           1.1.1.1
            """)
    void theClientIsAsManyEntriesFromTheEndAsProxiesAreTrusted(boolean edge, int hops, boolean skip, String header,
            String expected) {
        assertThat(found(new ClientAddress(edge, hops, skip, false), DIRECT,
                Heads.to("/", "x-forwarded-for: " + header))).isEqualTo(expected);
    }

    /** Nothing was appended, so the last entry is that of the nearest trusted proxy. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            false, 0, 2.2.2.2
            false, 1, 1.1.1.1
            true,  0, ''
            true,  1, 2.2.2.2
            true,  2, 1.1.1.1
            true,  3, ''
            """)
    void behindAUnixSocketNoEntryIsOurOwn(boolean edge, int hops, String expected) {
        assertThat(found(new ClientAddress(edge, hops, false, false), UNIX,
                Heads.to("/", "x-forwarded-for: 1.1.1.1, 2.2.2.2"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, 3.3.3.3", "1, 2.2.2.2", "2, 1.1.1.1", "3, 9.9.9.9"})
    void severalLinesAreOneList(int hops, String expected) {
        assertThat(found(new ClientAddress(false, hops, false, false), DIRECT,
                Heads.to("/", "x-forwarded-for: 1.1.1.1, 2.2.2.2", "a: b", "x-forwarded-for: 3.3.3.3")))
                .isEqualTo(expected);
    }

    @Test
    void withoutALineTheConnectionsFarEndIsTheClient() {
        var rule = new ClientAddress(false, 0, false, false);
        assertThat(found(rule, DIRECT, Heads.to("/"))).isEqualTo("9.9.9.9");
        assertThat(found(rule, DIRECT, null)).isEqualTo("9.9.9.9");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            x-client: 1.1.1.1,                1.1.1.1,     true,  0
            'x-client: 1.1.1.1, 2.2.2.2',     9.9.9.9,     false, 403
            x-client: none,                   9.9.9.9,     false, 403
            x-other: 1.1.1.1,                 9.9.9.9,     false, 403
            x-forwarded-for: 3.3.3.3,         3.3.3.3,     true,  0
            'x-forwarded-for: 4.4.4.4,3.3.3.3', 3.3.3.3,   false, 0
            x-client: 2001:DB8::1,            2001:db8::1, true,  0
            """)
    void theFirstWayThatFindsTheClientCountsAndOneMayReject(String line, String found, boolean trusted, int status) {
        var rule = new ClientAddress(false, 0, false, false, Scheme.AS_CAME, List.of(),
                List.of(new Detection.Forwarded(0), new Detection.Field(HeaderName.of("x-client"), true, 403),
                        new Detection.Field(HeaderName.of("x-other"), true, 0)));
        var client = new ForwardedClient(rule);
        client.locate(Heads.to("/", line), DIRECT);
        assertThat(new String(client.bytes(), client.start(), client.end() - client.start(),
                StandardCharsets.US_ASCII)).isEqualTo(found);
        assertThat(client.trusted()).isEqualTo(trusted);
        assertThat(client.rejectStatus()).isEqualTo(status);
    }
}
