package io.weir.http.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.weir.core.tls.RequestNames;
import io.weir.http.codec.HeaderName;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.http.h2.Http2Options;
import io.weir.http.h2.Http2Options.KeepAlive;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import org.junit.jupiter.api.Test;

class UpstreamHttpReaderTest {
    private static final long SECOND = 1_000_000_000L;

    private static UpstreamHttpSpec upstream(String yaml, String... problems) {
        var context = ReadContext.standalone(HttpExtensions.addTo(Extensions.basic()));
        var spec = new UpstreamHttpReader().read(ReadManager.message(yaml, HttpProtocolOptions.getDefaultInstance()),
                context);
        assertThat(ReadManager.texts(context)).containsExactly(problems);
        return spec;
    }

    @Test
    void connectionsToServersHaveTheirOptions() {
        assertThat(upstream("explicit_http_config: { http_protocol_options: {} }"))
                .isEqualTo(UpstreamHttpSpec.DEFAULT);
        assertThat(upstream("""
                explicit_http_config: { http_protocol_options: {} }
                common_http_protocol_options: { idle_timeout: 1s, max_connection_duration: 2s, max_headers_count: 3,
                  max_response_headers_kb: 4, max_requests_per_connection: 5 }
                """)).isEqualTo(new UpstreamHttpSpec(SECOND, 2 * SECOND, 5, 3, 4096, Protocol.HTTP1,
                Http2Options.DEFAULT));
        assertThat(new UpstreamHttpReader().type()).isEqualTo(UpstreamHttpSpec.TYPE);
    }

    @Test
    void http2IsSpokenWhereTheClusterSaysSo() {
        assertThat(upstream("explicit_http_config: { http2_protocol_options: {} }"))
                .isEqualTo(UpstreamHttpSpec.DEFAULT.with(Protocol.HTTP2, Http2Options.DEFAULT));
        var spec = upstream("""
                explicit_http_config: { http2_protocol_options: { max_concurrent_streams: 7,
                  initial_stream_window_size: 65535, initial_connection_window_size: 70000, hpack_table_size: 0,
                  connection_keepalive: { interval: 3s, timeout: 2s, connection_idle_interval: 4s } } }
                """);
        assertThat(spec.protocol()).isEqualTo(Protocol.HTTP2);
        assertThat(spec.http2().concurrentStreamsMax()).isEqualTo(7);
        assertThat(spec.http2().streamWindowBytes()).isEqualTo(65_535);
        assertThat(spec.http2().connectionWindowBytes()).isEqualTo(70_000);
        assertThat(spec.http2().hpackTableBytes()).isZero();
        assertThat(spec.http2().keepAlive()).isEqualTo(new KeepAlive(3 * SECOND, 2 * SECOND, 15, 4 * SECOND));
    }

    @Test
    void theClientsProtocolIsSpokenWhereTheClusterSaysSo() {
        var spec = upstream("""
                use_downstream_protocol_config: { http_protocol_options: {},
                  http2_protocol_options: { max_concurrent_streams: 7 } }
                """);
        assertThat(spec.protocol()).isEqualTo(Protocol.AS_DOWNSTREAM);
        assertThat(spec.http2().concurrentStreamsMax()).isEqualTo(7);
    }

    @Test
    void serversMayBeAskedForTheNamesOfRequests() {
        var spec = upstream("upstream_http_protocol_options: { auto_sni: true, override_auto_sni_header: x-name }");
        assertThat(spec.names()).isEqualTo(new RequestNames(true, false));
        assertThat(spec.nameHeader()).isEqualTo(HeaderName.of("X-Name"));
        assertThat(upstream("upstream_http_protocol_options: { auto_san_validation: true }").names())
                .isEqualTo(new RequestNames(false, true));
        assertThat(upstream("upstream_http_protocol_options: { auto_sni: true, override_auto_sni_header: Host }")
                .nameHeader()).isNull();
        upstream("upstream_http_protocol_options: { auto_sni: true, override_auto_sni_header: 'a b' }",
                "ERROR upstream_http_protocol_options.override_auto_sni_header: a b: not a header name");
    }

    @Test
    void serversMayBeAskedWhatTheyPrefer() {
        var spec = upstream("auto_config: { http2_protocol_options: { max_concurrent_streams: 7 } }");
        assertThat(spec.protocol()).isEqualTo(Protocol.ASKED);
        assertThat(spec.http2().concurrentStreamsMax()).isEqualTo(7);
    }

    @Test
    void http3TowardsServersIsRefusedUntilItComes() {
        upstream("explicit_http_config: { http3_protocol_options: {} }",
                "ERROR explicit_http_config.http3_protocol_options: : Weir does not speak HTTP/3 with servers yet");
    }
}
