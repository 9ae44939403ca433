package io.weir.xds.yaml;

import com.google.protobuf.Descriptors.Descriptor;

import org.jspecify.annotations.Nullable;

/** What people write who come from an older Envoy, and what they write today. */
final class Hints {
    private Hints() {}

    /** The cure for a field that the message does not have, or null when nothing special is known. */
    static @Nullable String unknownField(String key, Descriptor type) {
        String message = type.getName();
        return switch (key) {
            case "@type" -> "only a field that takes any extension (typed_config) has '@type': remove it";
            case "config" -> type.findFieldByName("typed_config") == null
                    ? null
                    : "write typed_config with an '@type' (config was Envoy's API version 2)";
            case "hosts" -> message.equals("Cluster") ? "write load_assignment: { endpoints: [...] }" : null;
            case "tls_context" ->
                "write transport_socket with a typed_config of UpstreamTlsContext or DownstreamTlsContext";
            case "use_original_dst" -> "write a listener filter envoy.filters.listener.original_dst";
            case "regex" -> type.findFieldByName("safe_regex") == null ? null : "write safe_regex: { regex: ... }";
            case "exact_match", "prefix_match", "suffix_match", "contains_match", "regex_match", "safe_regex_match" ->
                type.findFieldByName("string_match") == null ? null : "write string_match: { exact: ... }";
            case "host_rewrite" -> "write host_rewrite_literal";
            case "auto_host_rewrite_header" -> "write host_rewrite_header";
            case "per_filter_config" -> "write typed_per_filter_config, each with an '@type'";
            case "port" -> type.findFieldByName("port_value") == null ? null : "write port_value";
            default -> null;
        };
    }

    /** What replaces a deprecated field. */
    static String successor(String fullName) {
        return switch (fullName.substring(fullName.lastIndexOf('.', fullName.lastIndexOf('.') - 1) + 1)) {
            case "Admin.access_log_path" -> "write access_log with envoy.access_loggers.file";
            case "Cluster.http2_protocol_options", "Cluster.http_protocol_options",
                    "Cluster.common_http_protocol_options", "Cluster.upstream_http_protocol_options",
                    "Cluster.protocol_selection" ->
                "write typed_extension_protocol_options with envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
            case "Cluster.max_requests_per_connection" ->
                "write common_http_protocol_options.max_requests_per_connection in HttpProtocolOptions";
            case "HeaderValueOption.append" -> "write append_action";
            case "HeaderMatcher.exact_match", "HeaderMatcher.prefix_match", "HeaderMatcher.suffix_match",
                    "HeaderMatcher.contains_match", "HeaderMatcher.safe_regex_match" ->
                "write string_match";
            case "ConfigSource.path" -> "write path_config_source: { path: ... }";
            case "CertificateValidationContext.match_subject_alt_names" -> "write match_typed_subject_alt_names";
            case "Cluster.dns_resolution_config", "Cluster.dns_resolvers", "Cluster.use_tcp_for_dns_lookups" ->
                "write typed_dns_resolver_config";
            case "RegexMatcher.google_re2" -> "remove it: every regex is RE2";
            case "Bootstrap.runtime" -> "write layered_runtime";
            case "Listener.use_original_dst" -> "write a listener filter envoy.filters.listener.original_dst";
            case "FilterChain.tls_context" -> "write transport_socket";
            case "FileAccessLog.format", "FileAccessLog.json_format", "FileAccessLog.typed_json_format" ->
                "write log_format";
            case "VirtualHost.request_mirror_policy", "RouteAction.request_mirror_policy" ->
                "write request_mirror_policies";
            default -> "see the API reference for what replaces it";
        };
    }

    /** The name in API version 3 that most likely followed this one of version 2, or null. */
    static @Nullable String today(String version2) {
        String[][] moves = {{"envoy.config.filter.network.", "envoy.extensions.filters.network."},
                {"envoy.config.filter.http.", "envoy.extensions.filters.http."},
                {"envoy.config.filter.listener.", "envoy.extensions.filters.listener."},
                {"envoy.config.filter.thrift.", "envoy.extensions.filters.network.thrift_proxy."},
                {"envoy.config.accesslog.v2.File", "envoy.extensions.access_loggers.file.v2.File"},
                {"envoy.api.v2.auth.", "envoy.extensions.transport_sockets.tls.v2."},
                {"envoy.api.v2.route.", "envoy.config.route.v2."}, {"envoy.config.", "envoy.config."}};
        for (String[] move : moves) {
            if (version2.startsWith(move[0])) {
                return (move[1] + version2.substring(move[0].length())).replace(".v2.", ".v3.");
            }
        }
        return null;
    }
}
