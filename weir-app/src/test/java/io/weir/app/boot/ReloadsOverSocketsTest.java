package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a listener of a whole Weir in this process does on the sockets that it keeps, after its kind has changed. */
@Timeout(60)
class ReloadsOverSocketsTest {
    private static final String NETWORK = "type.googleapis.com/envoy.extensions.filters.network.";
    private static final String PROXY_PROTOCOL = "listener_filters: [ { name: proxy, typed_config: { \"@type\":"
            + " type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol } } ]";
    private static final String SAYS = "{ \"@type\": " + NETWORK
            + "direct_response.v3.Config, response: { inline_string: hello } }";
    private static final String HTTP = """
            { "@type": %shttp_connection_manager.v3.HttpConnectionManager, stat_prefix: in,
              route_config: { virtual_hosts: [ { name: all, domains: ["*"], routes: [
                { match: { prefix: / }, direct_response: { status: 200, body: { inline_string: web } } } ] } ] },
              http_filters: [ { name: router, typed_config: {
                "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } } ] }"""
            .formatted(NETWORK);
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private static String listening(String more, String filter) {
        return """
                static_resources:
                  listeners:
                    - name: in
                      address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                      %s
                      filter_chains:
                        - filters:
                            - name: last
                              typed_config: %s
                """.formatted(more, filter.replace("\n", "\n                    "));
    }

    @Test
    void aListenerThatNoLongerLooksFirstStillReads() throws Exception {
        weir.start(listening(PROXY_PROTOCOL, HTTP));
        InetSocketAddress where = weir.listener(0);
        assertThat(ServedWeir.ask(where, "PROXY TCP4 192.0.2.7 198.51.100.1 5000 80\r\n" + GET)).endsWith("web");
        weir.reload(listening("", HTTP));
        assertThat(weir.listener(0)).isEqualTo(where);
        assertThat(ServedWeir.ask(where, GET)).startsWith("HTTP/1.1 200 ").endsWith("web");
    }

    @Test
    void aListenerOfBytesBecomesOneOfHttpAndBack() throws Exception {
        weir.start(listening("", SAYS));
        InetSocketAddress where = weir.listener(0);
        assertThat(ServedWeir.ask(where, "")).isEqualTo("hello");
        weir.reload(listening("", HTTP));
        assertThat(weir.listener(0)).isEqualTo(where);
        assertThat(ServedWeir.ask(where, GET)).startsWith("HTTP/1.1 200 ").endsWith("web");
        weir.reload(listening("", SAYS));
        assertThat(weir.listener(0)).isEqualTo(where);
        assertThat(ServedWeir.ask(where, GET)).isEqualTo("hello");
    }

    /** A socket of a file is none that the system makes transparent, whoever asks. */
    @Test
    void aReloadIsRefusedAsAWholeWhereASocketCannotBecomeTransparent() throws Exception {
        String unix = """
                    - name: file
                      address: { pipe: { path: "%s" } }
                      %s
                      filter_chains: [ { filters: [ { name: last, typed_config: %s } ] } ]
                """;
        Path path = weir.folder().resolve("listener");
        weir.start(listening("", SAYS) + unix.formatted(path, "", SAYS));
        assertThat(ServedWeir.ask(weir.listener(0), "")).isEqualTo("hello");
        weir.reload(listening("", HTTP) + unix.formatted(path, "transparent: true", SAYS));
        assertThat(ServedWeir.ask(weir.listener(0), "")).as("all is as before").isEqualTo("hello");
        weir.reload(listening("", HTTP) + unix.formatted(path, "", SAYS));
        assertThat(ServedWeir.ask(weir.listener(0), GET)).endsWith("web");
    }
}
