package io.weir.app.asked;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.ServedWeir;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
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
        return """
                static_resources:
                  listeners:
                  - name: in
                    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                %s
                    filter_chains:
                    - filters:
                      - name: state
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.set_filter_state.v3.Config
                          on_new_connection: [ %s ]
                %s
                """.formatted(more.indent(4), objects, rest.indent(6));
    }

    private String said(String request) throws IOException {
        try (Socket socket = weir.connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void requestsOfTheConnectionSeeWhatWasLeftForIt() throws Exception {
        weir.start(listener("", object("who", "envoy.string", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", ""),
                """
                        - name: http
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: in
                            http_filters:
                            - name: router
                              typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                            route_config:
                              virtual_hosts:
                              - name: all
                                domains: [ "*" ]
                                response_headers_to_add: [ { header: { key: x-who, value: "%FILTER_STATE(who:PLAIN)%" } } ]
                                routes:
                                - match: { prefix: /, filter_state: [ { key: who, string_match: { exact: 127.0.0.1 } } ] }
                                  direct_response: { status: 200, body: { inline_string: known } }
                                - { match: { prefix: / }, direct_response: { status: 404 } }
                        """));
        assertThat(said("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 200")
                .contains("x-who: 127.0.0.1\r\n").endsWith("\r\n\r\nknown");
    }

    @Test
    void rulesBehindItAndTheLogSeeIt() throws Exception {
        Path log = directory.resolve("access.log");
        String more = """
                access_log:
                - name: file
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                    path: "%s"
                    log_format: { text_format_source: { inline_string: "%%FILTER_STATE(kept:PLAIN)%% %%FILTER_STATE(copy:PLAIN)%% %%FILTER_STATE(ip:PLAIN)%%\\n" } }
                """
                .formatted(log);
        String objects = object("kept", "envoy.string", "first", ", read_only: true") + ", "
                + object("kept", "envoy.string", "second", "") + ", "
                + object("copy", "envoy.hashable_string", "of %FILTER_STATE(kept:PLAIN)%", "") + ", "
                + object("copy", "envoy.string", "", ", skip_if_empty: true") + ", "
                + object("ip", "envoy.network.ip", "nowhere", "");
        weir.start(listener(more, objects, """
                - name: rules
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC
                    stat_prefix: door
                    rules:
                      policies:
                        all:
                          permissions: [ { any: true } ]
                          principals: [ { filter_state: { key: kept, string_match: { exact: first } } } ]
                - name: hello
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config
                    response: { inline_string: hello }
                """));
        assertThat(said("")).isEqualTo("hello");
        while (!Files.exists(log) || Files.size(log) == 0) {
            Thread.sleep(5); // until the log's writer has come to it; the test's time is bounded
        }
        assertThat(Files.readString(log)).isEqualTo("first of first -\n");
    }
}
