package io.weir.http.config;

import static io.weir.http.config.ReadManager.manager;
import static io.weir.http.config.ReadManager.withRouter;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.AccessLogSpec;
import io.weir.http.codec.HeaderName;
import io.weir.http.config.HttpManagerSpec.Detection;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.config.HttpManagerSpec.ServerHeader;
import io.weir.http.h2.Http2Options;
import io.weir.http.route.normal.NormalizeSpec;
import io.weir.http.route.normal.NormalizeSpec.EscapedSlashes;
import io.weir.http.route.normal.NormalizeSpec.StripPort;
import io.weir.http.route.normal.NormalizeSpec.Underscores;
import org.junit.jupiter.api.Test;

class HttpManagerReaderTest {
    private static final long SECOND = 1_000_000_000L;
    private static final String ROUTES = """
            route_config: { name: local, virtual_hosts: [ { name: all, domains: "*", routes: [
              { match: { prefix: / }, route: { cluster: a } } ] } ] }
            """;
    private static final String ROUTER_TYPE = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router";

    private static HttpManagerSpec spec(String yaml) {
        return withRouter(ROUTES + yaml).accepted();
    }

    @Test
    void whatIsNotSaidHasItsDefault() {
        var spec = spec("");
        var bare = HttpManagerSpec.of("in", spec.routes());
        assertThat(spec).isEqualTo(bare);
        assertThat(spec.identity().serverName()).isEqualTo("weir");
        assertThat(spec.limits()).isEqualTo(new HttpManagerSpec.Limits(61_440, 100, 0));
        assertThat(spec.timeouts()).isEqualTo(
                new HttpManagerSpec.Timeouts(3600 * SECOND, 300 * SECOND, 0, 10 * SECOND, 0, 0, 5 * SECOND, SECOND));
    }

    @Test
    void whatIsSaidIsRead() {
        var spec = spec(
                """
                        codec_type: http1
                        server_name: shop
                        server_header_transformation: PASS_THROUGH
                        via: edge
                        use_remote_address: true
                        xff_num_trusted_hops: 2
                        skip_xff_append: true
                        append_x_forwarded_port: true
                        generate_request_id: false
                        preserve_external_request_id: true
                        always_set_request_id_in_response: true
                        max_request_headers_kb: 8
                        stream_idle_timeout: 1s
                        request_timeout: 2s
                        request_headers_timeout: 0s
                        drain_timeout: 4s
                        delayed_close_timeout: 0s
                        common_http_protocol_options: { idle_timeout: 6s, max_connection_duration: 7s, max_headers_count: 9,
                          max_stream_duration: 8s, headers_with_underscores_action: drop_header, max_requests_per_connection: 10 }
                        http_protocol_options: { accept_http_10: true, default_host_for_http_10: old.example }
                        normalize_path: true
                        merge_slashes: true
                        path_with_escaped_slashes_action: REJECT_REQUEST
                        strip_any_host_port: true
                        strip_trailing_host_dot: true
                        access_log: { name: l, typed_config: { "@type":
                          type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog } }
                        """);
        assertThat(spec.codec()).isEqualTo(Codec.HTTP1);
        assertThat(spec.identity())
                .isEqualTo(new HttpManagerSpec.Identity("shop", ServerHeader.PASS_THROUGH, "edge"));
        assertThat(spec.clientAddress()).isEqualTo(new HttpManagerSpec.ClientAddress(true, 2, true, true));
        assertThat(spec.requestId()).isEqualTo(new HttpManagerSpec.RequestId(false, true, true));
        assertThat(spec.limits()).isEqualTo(new HttpManagerSpec.Limits(8192, 9, 10));
        assertThat(spec.timeouts()).isEqualTo(new HttpManagerSpec.Timeouts(6 * SECOND, SECOND, 2 * SECOND, 0,
                7 * SECOND, 8 * SECOND, 4 * SECOND, 0));
        assertThat(spec.http10()).isEqualTo(new HttpManagerSpec.Http10(true, "old.example"));
        assertThat(spec.normalize()).isEqualTo(new NormalizeSpec(true, true, EscapedSlashes.REJECT_REQUEST,
                StripPort.ANY, true, Underscores.DROP_HEADER));
        assertThat(spec.accessLog()).containsExactly(
                new AccessLogSpec(new AccessLogSpec.Sink.Stdout(), new AccessLogSpec.Format.Default(), null));
        assertThat(spec("strip_matching_host_port: true").normalize().stripPort()).isEqualTo(StripPort.MATCHING);
    }

    @Test
    void theRoutersOptionsAreRead() {
        var read = manager("stat_prefix: in\n" + ROUTES + "http_filters: [ { name: r, typed_config: { \"@type\": "
                + ROUTER_TYPE + ", suppress_envoy_headers: true } } ]");
        assertThat(read.accepted().suppressEnvoyHeaders()).isTrue();
        assertThat(read.clusters()).containsExactly("a");
    }

    @Test
    void aRouterByNameAloneWillDo() {
        var read = manager("stat_prefix: in\n" + ROUTES + "http_filters: [ { name: envoy.filters.http.router } ]");
        assertThat(read.accepted().suppressEnvoyHeaders()).isFalse();
    }

    @Test
    void theRouterMustBeThereAndStandLast() {
        assertThat(manager("stat_prefix: in\n" + ROUTES).problems())
                .containsExactly("ERROR http_filters: : the last filter must be the router");
        assertThat(manager("stat_prefix: in\n" + ROUTES + """
                http_filters: [ { name: envoy.filters.http.router }, { name: cors } ]
                """).problems())
                .containsExactly("ERROR http_filters[1]: cors: a filter behind the router is never reached");
    }

    @Test
    void otherFiltersAreRefusedByTypeUnlessTheyAreOptionalOrSwitchedOff() {
        String cors = "name: c, typed_config: { \"@type\": "
                + "type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors }";
        String end = ", { name: envoy.filters.http.router } ]";
        String begin = "stat_prefix: in\n" + ROUTES + "http_filters: [ ";
        assertThat(manager(begin + "{ " + cors + " }" + end).problems())
                .containsExactly("ERROR http_filters[0].typed_config: envoy.extensions.filters.http.cors.v3.Cors: "
                        + "Weir does not know this HTTP filter yet");
        assertThat(manager(begin + "{ " + cors + ", is_optional: true }" + end).accepted()).isNotNull();
        assertThat(manager(begin + "{ " + cors + ", disabled: true }" + end).accepted()).isNotNull();
    }

    @Test
    void whatIsNotSpokenOrFetchedYetIsRefused() {
        assertThat(withRouter(ROUTES + "codec_type: HTTP3").problems()).singleElement().asString()
                .startsWith("ERROR codec_type: HTTP3: Weir speaks HTTP/2");
        assertThat(withRouter(ROUTES + "http_protocol_options: { allow_chunked_length: true }").problems())
                .singleElement().asString().startsWith("ERROR http_protocol_options.allow_chunked_length: true");
    }

    @Test
    void valuesThatWouldBreakAHeadAreRefused() {
        assertThat(withRouter(ROUTES + "server_name: \"a\\r\\nb\"").problems()).singleElement().asString()
                .startsWith("ERROR server_name");
        assertThat(withRouter(ROUTES + "via: \"a\\0\"").problems()).singleElement().asString().startsWith("ERROR via");
        assertThat(withRouter(ROUTES + "http_protocol_options: { default_host_for_http_10: \"a b\" }").problems())
                .singleElement().asString().contains("not a host name");
    }

    @Test
    void howHttp2IsSpokenWithClientsIsRead() {
        var spec = withRouter(ROUTES + """
                codec_type: HTTP2
                stream_error_on_invalid_http_message: true
                http2_protocol_options:
                  hpack_table_size: 0
                  max_concurrent_streams: 7
                  initial_stream_window_size: 65536
                  initial_connection_window_size: 131072
                  max_outbound_frames: 10
                  max_outbound_control_frames: 5
                  max_consecutive_inbound_frames_with_empty_payload: 0
                  max_inbound_priority_frames_per_stream: 3
                  max_inbound_window_update_frames_per_data_frame_sent: 2
                  connection_keepalive: { interval: 1s, timeout: 2s, interval_jitter: { value: 0 } }
                """).accepted();
        assertThat(spec.codec()).isEqualTo(Codec.HTTP2);
        assertThat(spec.http2()).isEqualTo(new Http2Options(0, 7, 65_536, 131_072, 10, 5, 0, 3, 2, true,
                new Http2Options.KeepAlive(1_000_000_000L, 2_000_000_000L, 0, 0)));
        assertThat(spec("").http2()).isEqualTo(Http2Options.DEFAULT);
    }

    @Test
    void theOptionsOfHttp2HaveTheLastWordOnInvalidMessages() {
        var spec = withRouter(ROUTES + """
                stream_error_on_invalid_http_message: true
                http2_protocol_options: { override_stream_error_on_invalid_http_message: false }
                """).accepted();
        assertThat(spec.http2().streamErrors()).isFalse();
    }

    @Test
    void theClientsAddressIsFoundByAnExtension() {
        String xff = "{ name: xff, typed_config: { \"@type\":"
                + " type.googleapis.com/envoy.extensions.http.original_ip_detection.xff.v3.XffConfig, %s } }";
        String routes = "route_config: {}\n";
        String field = "{ name: custom, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.http."
                + "original_ip_detection.custom_header.v3.CustomHeaderConfig, %s } }";
        assertThat(withRouter(routes + "original_ip_detection_extensions: [ "
                + xff.formatted("xff_num_trusted_hops: 2, skip_xff_append: true") + ", "
                + field.formatted("header_name: X-Client, allow_extension_to_set_address_as_trusted: true, "
                        + "reject_with_status: { code: Unauthorized }")
                + ", " + field.formatted("header_name: x-b, reject_with_status: { code: OK }") + " ]").accepted()
                .clientAddress().detections()).containsExactly(new Detection.Forwarded(2),
                        new Detection.Field(HeaderName.of("x-client"), true, 401),
                        new Detection.Field(HeaderName.of("x-b"), false, 403));
        String at = "ERROR original_ip_detection_extensions";
        assertThat(withRouter(routes + "use_remote_address: true\noriginal_ip_detection_extensions: "
                + xff.formatted("skip_xff_append: false")).problems()).hasSize(2)
                .anyMatch(problem -> problem.startsWith(at + ": "))
                .anyMatch(problem -> problem.startsWith(at + "[0].typed_config.skip_xff_append: false"));
        assertThat(withRouter(routes + "xff_num_trusted_hops: 1\noriginal_ip_detection_extensions: "
                + xff.formatted("")).problems()).singleElement().asString().startsWith(at + ": ");
        assertThat(withRouter(routes + "original_ip_detection_extensions: { name: r, typed_config: { \"@type\":"
                + " type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }").problems())
                .singleElement().asString().startsWith(at + "[0].typed_config: envoy.");
    }
}
