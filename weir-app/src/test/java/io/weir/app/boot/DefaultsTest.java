package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import io.weir.core.model.ClusterSpec;
import io.weir.filters.FilterExtensions;
import io.weir.http.config.HttpExtensions;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.stream.tcp.TcpProxyReader;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.Snapshot;
import io.weir.xds.defaults.Defaults;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.MessageTypes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code weir expand --defaults} prints is what holds. With WEIR_GOLDEN=write in the environment the golden page
 * is written anew.
 */
final class DefaultsTest {
    private static final Path EXAMPLES = Path.of("..", "examples");
    private static final Path GOLDEN = EXAMPLES.resolve("expanded").resolve("defaults").resolve("limits.yaml");
    private static final String UPSTREAM = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private static final Pattern BLOCK = Pattern.compile("(?m)^([\\w.]+): ([^\\n]*(?:\\n[ \\t]+[^\\n]*)*)");
    private static final Pattern OPEN = Pattern
            .compile("google\\.protobuf\\.(\\w+Value|Duration)|envoy\\.config\\.core\\.v3\\.Runtime\\w+");
    /** Fields that have no value of their own when they are not written: off, unlimited, inherited or derived. */
    private static final Set<String> NOTHING = Set.of("RouteAction.idle_timeout", "RouteAction.auto_host_rewrite",
            "TlsContextMatchOptions.presented", "TlsContextMatchOptions.validated",
            "MaxStreamDuration.max_stream_duration", "HttpProtocolOptions.max_connection_duration",
            "HttpProtocolOptions.max_stream_duration", "HttpProtocolOptions.max_requests_per_connection",
            "HttpProtocolOptions.max_response_headers_kb", "KeepaliveSettings.interval", "KeepaliveSettings.timeout",
            "KeepaliveSettings.connection_idle_interval",
            "Http2ProtocolOptions.override_stream_error_on_invalid_http_message", "RetryPolicy.per_try_timeout",
            "RetryPolicy.per_try_idle_timeout", "RetryBackOff.base_interval", "RetryBackOff.max_interval",
            "TcpProxy.max_downstream_connection_duration", "TcpProxy.downstream_idle_timeout", "GrpcService.timeout",
            "TcpProxy.upstream_idle_timeout", "BackoffStrategy.base_interval", "BackoffStrategy.max_interval",
            "TcpProxy.access_log_flush_interval",
            "TcpAccessLogOptions.access_log_flush_interval", "Cluster.max_requests_per_connection",
            "Cluster.dns_jitter", "DnsCluster.dns_jitter", "RefreshRate.base_interval", "Thresholds.max_connections",
            "Thresholds.max_pending_requests", "Thresholds.max_requests", "Thresholds.max_retries",
            "LocalityLbEndpoints.load_balancing_weight", "ClusterWeight.weight", "SlowStartConfig.slow_start_window",
            "Listener.transparent", "Listener.freebind", "Listener.tcp_fast_open_queue_length",
            "Listener.max_connections_to_accept_per_socket_event", "Listener.use_original_dst",
            "LeastRequest.enable_full_scan", "BindConfig.freebind",
            "HeaderValueOption.append", "ClientSideWeightedRoundRobin.enable_oob_load_report",
            "ConsistentHashingLbConfig.hash_balance_factor", "RingHash.hash_balance_factor",
            "Buffer.max_request_bytes", "FilterChainMatch.destination_port", "FilterChainMatch.suffix_len",
            "CidrRange.prefix_len",
            "FilterChain.transport_socket_connect_timeout", "DownstreamTlsContext.session_timeout",
            "TcpKeepalive.keepalive_probes", "TcpKeepalive.keepalive_time",
            "TcpKeepalive.keepalive_interval", "Cookie.ttl", "ConnectionLimit.delay",
            "ConnectionLimit.max_connections", "RBAC.delay_deny", "MinimumRTTCalculationParams.interval",
            "MinimumRTTCalculationParams.fixed_value", "OriginalDstLbConfig.upstream_port_override",
            "OutlierDetection.max_ejection_time", "HealthCheck.timeout", "HealthCheck.interval",
            "HealthCheck.unhealthy_threshold", "HealthCheck.healthy_threshold", "HealthCheck.unhealthy_interval",
            "HealthCheck.unhealthy_edge_interval", "HealthCheck.healthy_edge_interval",
            "HealthCheck.no_traffic_healthy_interval", "HealthCheck.cache_time", "HealthCheck.pass_through_mode",
            "CorsPolicy.allow_credentials", "CorsPolicy.allow_private_network_access",
            "CorsPolicy.forward_not_matching_preflights", "CsrfPolicy.filter_enabled",
            "FileSystemHttpCacheConfig.max_individual_cache_entry_size_bytes", "ResponseMapper.status_code",
            "RouteMatch.runtime_fraction", "ComparisonFilter.value", "CsrfPolicy.shadow_enabled",
            "BandwidthLimit.limit_kbps", "BandwidthLimit.runtime_enabled",
            "Compressor.content_length", "Compressor.runtime_enabled", "HTTPFault.max_active_faults",
            "ResponseDirectionOverrides.remove_accept_encoding_header",
            "Route.per_request_buffer_limit_bytes", "Route.request_body_buffer_limit",
            "VirtualHost.per_request_buffer_limit_bytes", "VirtualHost.request_body_buffer_limit",
            "RouteAction.max_grpc_timeout", "RouteAction.grpc_timeout_offset",
            "MaxStreamDuration.grpc_timeout_header_max", "MaxStreamDuration.grpc_timeout_header_offset",
            "RequestMirrorPolicy.runtime_fraction", "TlsInspector.enable_ja3_fingerprinting",
            "TlsInspector.enable_ja4_fingerprinting", "TlsInspector.initial_read_buffer_size");

    static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path folder : List.of(EXAMPLES, Path.of("..", "weir-xds", "src", "test", "resources", "wild"))) {
            try (var all = Files.list(folder)) {
                files.addAll(all.filter(Files::isRegularFile).sorted().toList());
            }
        }
        return files;
    }

    private static Snapshot compiled(String name, String text) {
        Compiled compiled = ConfigFile.compile(name, text, Source.extensions());
        List<Problem> problems = compiled instanceof Compiled.Rejected rejected ? rejected.problems() : List.of();
        assertThat(problems).filteredOn(Problem::isError).isEmpty();
        return ((Compiled.Accepted) compiled).snapshot();
    }

    @ParameterizedTest
    @MethodSource("files")
    void aConfigurationMeansTheSameWithItsDefaultsWrittenOut(Path file) throws IOException {
        String full = Source.file(file).expand(true).text();
        Snapshot before = compiled(file.toString(), Files.readString(file));
        Snapshot after = compiled("with defaults", full);
        assertThat(after.listeners()).usingRecursiveComparison()
                .ignoringFieldsMatchingRegexes(".*\\.source") // how a chain is written, which is not what it means
                .isEqualTo(before.listeners());
        assertThat(after.clusters()).extracting(DefaultsTest::withoutHttp)
                .containsExactlyElementsOf(before.clusters().stream().map(DefaultsTest::withoutHttp).toList());
        for (int i = 0; i < before.clusters().size(); i++) {
            assertThat(after.clusters().get(i).extensions().get(UPSTREAM))
                    .isEqualTo(before.clusters().get(i).extensions().getOrDefault(UPSTREAM, UpstreamHttpSpec.DEFAULT));
        }
        assertThat(after.admin()).isEqualTo(before.admin());
        assertThat(Source.text("again", full).expand(true).text()).isEqualTo(full);
    }

    private static ClusterSpec withoutHttp(ClusterSpec spec) {
        Map<String, Object> rest = new HashMap<>(spec.extensions());
        rest.remove(UPSTREAM);
        return new ClusterSpec(spec.name(), spec.statName(), spec.type(), spec.endpoints(),
                spec.connectTimeoutNanos(), spec.balancing(), spec.admission(), spec.health(), spec.dns(),
                spec.tcpKeepAlive(), rest);
    }

    @Test
    void theExpansionOfAnExampleIsAsWritten() throws IOException {
        String text = Source.file(EXAMPLES.resolve("limits.yaml")).expand(true).text();
        if ("write".equals(System.getenv("WEIR_GOLDEN"))) {
            Files.createDirectories(Objects.requireNonNull(GOLDEN.getParent()));
            Files.writeString(GOLDEN, text);
        }
        assertThat(Files.readString(GOLDEN)).isEqualTo(text);
    }

    @Test
    void everyHonouredNumberTimeAndSwitchHasADefaultOrIsKnownToHaveNone() throws IOException {
        Defaults defaults = Source.extensions().defaults();
        Set<String> missing = new TreeSet<>();
        Set<String> seen = new TreeSet<>();
        table(Extensions.class, "/io/weir/xds/honoured.txt", defaults, missing, seen);
        table(HttpExtensions.class, "/io/weir/http/honoured.txt", defaults, missing, seen);
        table(FilterExtensions.class, "/io/weir/filters/honoured.txt", defaults, missing, seen);
        table(TcpProxyReader.class, "/io/weir/stream/honoured.txt", defaults, missing, seen);
        missing.removeAll(NOTHING);
        assertThat(missing).isEmpty();
    }

    private static void table(Class<?> anchor, String resource, Defaults defaults, Set<String> missing,
            Set<String> seen) throws IOException {
        String text;
        try (InputStream in = Objects.requireNonNull(anchor.getResourceAsStream(resource), resource)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            Message prototype = MessageTypes.envoy().find(block.group(1));
            if (prototype != null) {
                Descriptor type = prototype.getDescriptorForType();
                for (String field : block.group(2).strip().split("\\s+", -1)) {
                    if (field.equals("*")) {
                        type.getFields().forEach(each -> judge(each, defaults, missing, seen));
                    } else {
                        judge(type.findFieldByName(field), defaults, missing, seen);
                    }
                }
            }
        }
    }

    /** Wrappers, durations and runtime values are the fields that tell "nothing is written" from every value. */
    private static void judge(FieldDescriptor field, Defaults defaults, Set<String> missing, Set<String> seen) {
        String name = field.getContainingType().getName() + "." + field.getName();
        boolean open = field.getJavaType() == JavaType.MESSAGE && !field.isRepeated()
                && field.getRealContainingOneof() == null
                && OPEN.matcher(field.getMessageType().getFullName()).matches();
        if (open && seen.add(field.getFullName())
                && !defaults.has(field.getContainingType().getFullName(), field.getName())) {
            missing.add(name);
        }
    }
}
