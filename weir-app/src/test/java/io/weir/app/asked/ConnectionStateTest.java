package io.weir.app.asked;

import static io.weir.app.text.OneListener.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.ServedWeir;
import io.weir.app.text.OneListener;
import io.weir.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a network filter leaves for a connection, and who reads it, in a whole Weir. */
@Timeout(120)
class ConnectionStateTest {
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    @TempDir
    Path directory;

    private static String object(String key, String factory, String format, String more) {
        return "{ object_key: " + key + ", factory_key: " + factory
                + ", format_string: { text_format_source: { inline_string: \"" + format + "\" } }" + more + " }";
    }

    private static String listener(String more, String objects, String rest) {
        return OneListener.text(more, OneListener.filter("set_filter_state.v3.Config",
                "on_new_connection: [ " + objects + " ]") + rest, "");
    }

    @Test
    void requestsOfTheConnectionSeeWhatWasLeftForIt() throws Exception {
        weir.start(listener("", object("who", "envoy.string", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", ""),
                OneListener.http("", """
                        response_headers_to_add: [ { header: { key: x-who, value: "%FILTER_STATE(who:PLAIN)%" } } ]
                        routes:
                        - match: { prefix: /, filter_state: [ { key: who, string_match: { exact: 127.0.0.1 } } ] }
                          direct_response: { status: 200, body: { inline_string: known } }
                        - { match: { prefix: / }, direct_response: { status: 404 } }
                        """)));
        assertThat(weir.said("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 200")
                .contains("x-who: 127.0.0.1\r\n").endsWith("\r\n\r\nknown");
    }

    @Test
    void rulesBehindItAndTheLogSeeIt() throws Exception {
        Path log = directory.resolve("access.log");
        String more = OneListener.log(log,
                "%FILTER_STATE(kept:PLAIN)% %FILTER_STATE(copy:PLAIN)% %FILTER_STATE(ip:PLAIN)%");
        String objects = object("kept", "envoy.string", "first", ", read_only: true") + ", "
                + object("kept", "envoy.string", "second", "") + ", "
                + object("copy", "envoy.hashable_string", "of %FILTER_STATE(kept:PLAIN)%", "") + ", "
                + object("copy", "envoy.string", "", ", skip_if_empty: true") + ", "
                + object("ip", "envoy.network.ip", "nowhere", "");
        weir.start(listener(more, objects, OneListener.filter("rbac.v3.RBAC", """
                stat_prefix: door
                rules:
                  policies:
                    all:
                      permissions: [ { any: true } ]
                      principals: [ { filter_state: { key: kept, string_match: { exact: first } } } ]
                """) + HELLO));
        assertThat(weir.said("")).isEqualTo("hello");
        Await.until("the log's writer comes to it", () -> Files.exists(log) && Files.size(log) > 0);
        assertThat(Files.readString(log)).isEqualTo("first of first -\n");
    }
}
