package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The filters of gRPC stand in a whole configuration, with everything that is looked at before it serves. */
class CallFiltersTest {
    @RegisterExtension
    private final ServedWeir weir = new ServedWeir();

    private static String filter(String name, String type, String fields) {
        return "- { name: " + name + ", typed_config: { \"@type\": type.googleapis.com/envoy.extensions.filters.http."
                + type + fields + " } }\n";
    }

    @Test
    void aConfigurationWithAllOfThemServes() throws Exception {
        String filters = filter("stats", "grpc_stats.v3.FilterConfig", ", stats_for_all_methods: true")
                + filter("web", "grpc_web.v3.GrpcWeb", "")
                + filter("bridge", "grpc_http1_bridge.v3.Config", ", upgrade_protobuf_to_grpc: true")
                + filter("json", "grpc_json_transcoder.v3.GrpcJsonTranscoder", ", proto_descriptor_bin: \"\"")
                + filter("router", "router.v3.Router", "");
        weir.start(
                """
                        services: { demo: { at: [%s] } }
                        envoy:
                          static_resources:
                            listeners:
                            - name: calls
                              address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                              filter_chains:
                              - filters:
                                - name: hcm
                                  typed_config:
                                    "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                                    stat_prefix: in
                                    http_filters:
                        %s
                                    route_config:
                                      virtual_hosts:
                                      - { name: all, domains: "*", routes: [ { match: { prefix: / }, route: { cluster: demo } } ] }
                        """
                        .formatted(weir.at(0), filters.indent(12)));
        assertThat(weir.ask("/")).contains("Hello from one");
    }
}
