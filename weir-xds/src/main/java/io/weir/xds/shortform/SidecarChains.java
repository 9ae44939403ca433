package io.weir.xds.shortform;

import java.util.ArrayList;
import java.util.List;

import io.weir.xds.resource.Position;
import io.weir.xds.shortform.SidecarForm.Identity;
import io.weir.xds.shortform.SidecarForm.Mesh;
import io.weir.xds.shortform.SidecarForm.Mtls;
import io.weir.xds.shortform.SidecarForm.Policy;
import io.weir.xds.shortform.SidecarForm.Sidecar;
import io.weir.xds.spec.Interception;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Mapping;

import org.jspecify.annotations.Nullable;

/**
 * The listeners and clusters of a sidecar. Two sidecars know each other by what the one offers in its TLS (ALPN, RFC
 * 7301): {@value #HTTP} or {@value #BYTES}; TLS that offers neither is the application's own.
 */
final class SidecarChains {

    /** What is offered for requests. */
    static final String HTTP = "weir-http";
    /** What is offered for anything else. */
    static final String BYTES = "weir";

    private static final String OUT = "outbound";
    private static final String IN = "inbound";
    private static final String PASS = "outbound_passthrough";
    private static final String MESH = "outbound_mesh";
    private static final String NETWORK = "envoy.extensions.filters.network.";
    private static final String TLS = "envoy.extensions.transport_sockets.tls.v3.";
    private static final String OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private static final String LISTENER = "envoy.extensions.filters.listener.";
    private static final List<String> REQUESTS = List.of("http/1.0", "http/1.1", "h2c");
    /** Whoever has a certificate of the mesh has such a name in it. */
    private static final String ANY_ID = "spiffe://*";
    private static final long UNLIMITED = 0xFFFF_FFFFL;
    private static final String WHO = "[%START_TIME%] ";
    private static final String WAY = "%DOWNSTREAM_REMOTE_ADDRESS% -> %DOWNSTREAM_LOCAL_ADDRESS% ";
    private static final String END = " %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION%ms";

    private final Sidecar sidecar;
    private final Position at;
    private final List<Node> clusters = new ArrayList<>();

    SidecarChains(Sidecar sidecar) {
        this.sidecar = sidecar;
        this.at = sidecar.part().at();
    }

    /** Both listeners; {@link #clusters} are complete then. */
    List<Node> listeners() {
        return List.of(outbound(), inbound());
    }

    List<Node> clusters() {
        return clusters;
    }

    /** What goes out is known by where it goes: no byte is awaited to find out who is there. */
    private Mapping outbound() {
        var chains = new ArrayList<Node>();
        for (int i = 0; i < sidecar.mesh().size(); i++) {
            Mesh mesh = sidecar.mesh().get(i);
            String name = i == 0 ? MESH : MESH + "_" + (i + 1);
            clusters.add(cluster(name, secured(mesh, BYTES)).mapping());
            clusters.add(asTheClient(cluster(name + "_http", secured(mesh, HTTP))));
            chains.add(chain(name + "_requests", match().put("prefix_ranges", ranges(mesh)).put("transport_protocol",
                    "raw_buffer").put("application_protocols", texts(REQUESTS)), http(OUT, name + "_http", false),
                    null));
            chains.add(chain(name + "_bytes",
                    match().put("prefix_ranges", ranges(mesh)).put("transport_protocol", "raw_buffer"),
                    tcp(OUT, name, false), null));
            chains.add(chain(name + "_tls", match().put("prefix_ranges", ranges(mesh)), tcp(OUT, name, false), null));
        }
        if (!sidecar.meshOnly()) {
            clusters.add(cluster(PASS, null).mapping());
            chains.add(chain(PASS, match(), tcp(OUT, PASS, false), null));
        }
        int port = sidecar.interception().outboundPort();
        // only for connections of this machine: to others it would be an open proxy
        Tree listener = listener("sidecar_outbound", "OUTBOUND", "127.0.0.1", "::1", port);
        return finish(listener, OUT, chains, true, true);
    }

    private Mapping inbound() {
        clusters.add(asTheClient(cluster(IN, null)));
        var chains = new ArrayList<Node>();
        for (Policy policy : sidecar.policies()) {
            String name = IN + (policy.port() == 0 ? "" : "_" + policy.port());
            switch (policy.mtls()) {
                case STRICT -> strict(chains, policy, name);
                case PERMISSIVE -> permissive(chains, policy, name);
                case DISABLE -> plain(chains, policy, name);
            }
        }
        int port = sidecar.interception().inboundPort();
        Tree listener = listener("sidecar_inbound", "INBOUND", "0.0.0.0", "::", port);
        if (sidecar.interception().inbound() == Interception.Way.TPROXY) {
            listener.put("transparent", true);
        }
        boolean plainRequests = sidecar.policies().stream()
                .anyMatch(each -> each.mtls() != Mtls.STRICT && each.protocol() == SidecarForm.Protocol.DETECT);
        boolean plain = sidecar.policies().stream().anyMatch(each -> each.mtls() != Mtls.STRICT);
        return finish(listener, IN, chains, plainRequests, plain);
    }

    /** No TLS, no chain: the connection is closed, and the listener's log tells. */
    private void strict(List<Node> chains, Policy policy, String name) {
        Tree tls = match(policy).put("transport_protocol", "tls");
        switch (policy.protocol()) {
            case DETECT -> {
                chains.add(chain(name + "_mtls_http",
                        match(policy).put("transport_protocol", "tls").put("application_protocols",
                                texts(List.of(HTTP))),
                        http(IN, IN, true), asking(policy)));
                chains.add(chain(name + "_mtls", tls, tcp(IN, IN, true), asking(policy)));
            }
            case HTTP -> chains.add(chain(name + "_mtls_http", tls, http(IN, IN, true), asking(policy)));
            case TCP -> chains.add(chain(name + "_mtls", tls, tcp(IN, IN, true), asking(policy)));
        }
    }

    /** TLS that is not a sidecar's is the application's own, and goes on as it is. */
    private void permissive(List<Node> chains, Policy policy, String name) {
        Tree requests = match(policy).put("transport_protocol", "tls");
        Tree bytes = match(policy).put("transport_protocol", "tls");
        switch (policy.protocol()) {
            case DETECT -> {
                chains.add(chain(name + "_mtls_http", requests.put("application_protocols", texts(List.of(HTTP))),
                        http(IN, IN, true), asking(policy)));
                chains.add(chain(name + "_mtls", bytes.put("application_protocols", texts(List.of(BYTES))),
                        tcp(IN, IN, true), asking(policy)));
            }
            case HTTP -> chains.add(chain(name + "_mtls_http",
                    requests.put("application_protocols", texts(List.of(HTTP, BYTES))), http(IN, IN, true),
                    asking(policy)));
            case TCP -> chains.add(chain(name + "_mtls",
                    bytes.put("application_protocols", texts(List.of(HTTP, BYTES))), tcp(IN, IN, true),
                    asking(policy)));
        }
        plain(chains, policy, name);
    }

    private void plain(List<Node> chains, Policy policy, String name) {
        Tree raw = match(policy).put("transport_protocol", "raw_buffer");
        switch (policy.protocol()) {
            case DETECT -> {
                chains.add(chain(name + "_plain_http",
                        match(policy).put("transport_protocol", "raw_buffer").put("application_protocols",
                                texts(REQUESTS)),
                        http(IN, IN, false), null));
                chains.add(chain(name + "_plain", raw, tcp(IN, IN, false), null));
                chains.add(chain(name + "_tls", match(policy).put("transport_protocol", "tls"), tcp(IN, IN, false),
                        null));
            }
            case HTTP -> chains.add(chain(name + "_plain_http", policy.mtls() == Mtls.DISABLE ? match(policy) : raw,
                    http(IN, IN, false), null));
            case TCP -> {
                boolean both = policy.mtls() == Mtls.PERMISSIVE;
                chains.add(chain(name + "_plain", both ? raw : match(policy), tcp(IN, IN, false), null));
                if (both) {
                    chains.add(chain(name + "_tls", match(policy).put("transport_protocol", "tls"),
                            tcp(IN, IN, false), null));
                }
            }
        }
    }

    private Tree match() {
        return new Tree(at);
    }

    private Tree match(Policy policy) {
        return policy.port() == 0 ? match() : match().put("destination_port", Tree.number(at, policy.port()));
    }

    private List<Node> texts(List<String> words) {
        return words.stream().map(word -> (Node) Tree.text(at, word)).toList();
    }

    private List<Mapping> ranges(Mesh mesh) {
        return mesh.networks().stream().map(network -> new Tree(at).put("address_prefix", network.address())
                .put("prefix_len", Tree.number(at, network.bits())).mapping()).toList();
    }

    private Mapping chain(String name, Tree match, Mapping filter, @Nullable Mapping socket) {
        Tree chain = new Tree(at).put("name", name);
        if (!match.isEmpty()) {
            chain.put("filter_chain_match", match);
        }
        return chain.put("filters", List.of(filter)).putIf("transport_socket", socket).mapping();
    }

    private Tree listener(String name, String direction, String ipv4, String ipv6, int port) {
        Tree listener = new Tree(at).put("name", name).put("stat_prefix", name).put("traffic_direction", direction)
                .put("address", address(ipv4, port));
        if (sidecar.interception().ipv6()) {
            listener.put("additional_addresses", List.of(new Tree(at).put("address", address(ipv6, port)).mapping()));
        }
        return listener;
    }

    private Mapping address(String address, int port) {
        return new Tree(at).put("socket_address",
                new Tree(at).put("address", address).put("port_value", Tree.number(at, port))).mapping();
    }

    /**
     * @param requests
     *            whether a chain asks for requests that come in plain
     * @param silent
     *            whether clients may come in that say nothing before their server has
     */
    private Mapping finish(Tree listener, String direction, List<Node> chains, boolean requests, boolean silent) {
        var filters = new ArrayList<Node>();
        filters.add(filter("original_dst", "OriginalDst", false));
        boolean asked = chains.stream().anyMatch(SidecarChains::asks);
        // a sidecar that comes in speaks first, whatever its application does
        boolean except = direction.equals(OUT);
        if (asked) {
            filters.add(filter("tls_inspector", "TlsInspector", except));
        }
        if (asked && requests) {
            filters.add(filter("http_inspector", "HttpInspector", except));
        }
        if (direction.equals(IN) && sidecar.interception().inbound() == Interception.Way.TPROXY) {
            filters.add(Tree.extension(at, "envoy.filters.listener.original_src",
                    Tree.typed(at, LISTENER + "original_src.v3.OriginalSrc").put("mark",
                            Tree.number(at, Interception.MARK))));
        }
        listener.put("listener_filters", filters);
        if (asked && silent) {
            listener.put("listener_filters_timeout", sidecar.detectionSeconds())
                    .put("continue_on_listener_filters_timeout", true);
        }
        List<Mapping> refused = refused(direction);
        if (!refused.isEmpty()) {
            listener.put("access_log", refused);
        }
        return listener.put("filter_chains", chains).mapping();
    }

    private static boolean asks(Node chain) {
        return chain instanceof Mapping mapping && mapping.find("filter_chain_match") instanceof Mapping match
                && match.find("transport_protocol") != null;
    }

    /**
     * @param exceptServerFirst
     *            not where the server speaks first
     */
    private Mapping filter(String name, String type, boolean exceptServerFirst) {
        Tree filter = new Tree(at).put("name", "envoy.filters.listener." + name).put("typed_config",
                Tree.typed(at, LISTENER + name + ".v3." + type));
        List<Mapping> ports = sidecar.serverFirst().stream().map(each -> new Tree(at).put("destination_port_range",
                new Tree(at).put("start", Tree.number(at, each.from())).put("end", Tree.number(at, each.to() + 1)))
                .mapping()).toList();
        if (exceptServerFirst && ports.size() == 1) {
            filter.put("filter_disabled", ports.getFirst());
        } else if (exceptServerFirst && !ports.isEmpty()) {
            filter.put("filter_disabled", new Tree(at).put("or_match", new Tree(at).put("rules", ports)));
        }
        return filter.mapping();
    }

    /** Where the connection was going, however many go there: the application has had no other limit either. */
    private Tree cluster(String name, @Nullable Mapping socket) {
        Tree limits = new Tree(at);
        for (String each : List.of("max_connections", "max_pending_requests", "max_requests")) {
            limits.put(each, Tree.number(at, UNLIMITED));
        }
        return new Tree(at).put("name", name).put("type", "ORIGINAL_DST").put("lb_policy", "CLUSTER_PROVIDED")
                .put("connect_timeout", "10s")
                .put("circuit_breakers", new Tree(at).put("thresholds", List.of(limits.mapping())))
                .putIf("transport_socket", socket);
    }

    /** The version of HTTP that comes in goes out. */
    private Mapping asTheClient(Tree cluster) {
        Tree both = new Tree(at).put("http_protocol_options", new Tree(at)).put("http2_protocol_options", new Tree(at));
        return cluster.put("typed_extension_protocol_options", new Tree(at).put(OPTIONS,
                Tree.typed(at, OPTIONS).put("use_downstream_protocol_config", both))).mapping();
    }

    private @Nullable Mapping secured(Mesh mesh, String offer) {
        Identity identity = sidecar.identity();
        return identity == null
                ? null
                : Tree.extension(at, "envoy.transport_sockets.tls", Tree.typed(at, TLS + "UpstreamTlsContext")
                        .put("common_tls_context", common(identity, mesh.ids()).put("alpn_protocols",
                                texts(List.of(offer)))));
    }

    private @Nullable Mapping asking(Policy policy) {
        Identity identity = sidecar.identity();
        return identity == null
                ? null
                : Tree.extension(at, "envoy.transport_sockets.tls", Tree.typed(at, TLS + "DownstreamTlsContext")
                        .put("common_tls_context", common(identity, policy.allow()))
                        .put("require_client_certificate", true));
    }

    /** Both ends are Weir's own, so that nothing older than TLS 1.3 is needed. */
    private Tree common(Identity identity, List<String> ids) {
        var names = new ArrayList<Node>();
        for (String id : ids.isEmpty() ? List.of(ANY_ID) : ids) {
            Tree matcher = id.endsWith("*")
                    ? new Tree(at).put("prefix", id.substring(0, id.length() - 1))
                    : new Tree(at).put("exact", id);
            names.add(new Tree(at).put("san_type", "URI").put("matcher", matcher).mapping());
        }
        Tree certificate = new Tree(at).put("certificate_chain", file(identity.cert())).put("private_key",
                file(identity.key()));
        return new Tree(at)
                .put("tls_params", new Tree(at).put("tls_minimum_protocol_version", "TLSv1_3"))
                .put("tls_certificates", List.of(certificate.mapping()))
                .put("validation_context", new Tree(at).put("trusted_ca", file(identity.trust()))
                        .put("match_typed_subject_alt_names", names));
    }

    private static Tree file(Node path) {
        return new Tree(path.at()).put("filename", path);
    }

    private Mapping tcp(String direction, String cluster, boolean known) {
        return Tree.extension(at, "envoy.filters.network.tcp_proxy",
                log(direction, known, END, Tree.typed(at, NETWORK + "tcp_proxy.v3.TcpProxy")
                        .put("stat_prefix", direction + "_tcp").put("cluster", cluster)));
    }

    /** As little as possible is changed of what passes: neither end knows that somebody is between. */
    private Mapping http(String direction, String cluster, boolean known) {
        Tree forward = new Tree(at).put("match", new Tree(at).put("prefix", "/")).put("route",
                new Tree(at).put("cluster", cluster).put("timeout", "0s"));
        Tree host = new Tree(at).put("name", "all").put("domains", texts(List.of("*"))).put("routes",
                List.of(forward.mapping()));
        Tree manager = Tree.typed(at, NETWORK + "http_connection_manager.v3.HttpConnectionManager")
                .put("stat_prefix", direction + "_http").put("server_header_transformation", "PASS_THROUGH")
                .put("stream_idle_timeout", "0s")
                .put("http_protocol_options", new Tree(at).put("accept_http_10", true))
                .put("upgrade_configs", List.of(new Tree(at).put("upgrade_type", "websocket").mapping()));
        if (known) {
            manager.put("forward_client_cert_details", "SANITIZE_SET").put("set_current_client_cert_details",
                    new Tree(at).put("uri", true));
        }
        manager.put("route_config",
                new Tree(at).put("name", cluster).put("virtual_hosts", List.of(host.mapping())))
                .put("http_filters", List.of(Tree.extension(at, "envoy.filters.http.router",
                        Tree.typed(at, "envoy.extensions.filters.http.router.v3.Router").put("suppress_envoy_headers",
                                true))));
        return Tree.extension(at, "envoy.filters.network.http_connection_manager", log(direction, known,
                " \"%REQ(:METHOD)% %REQ(:PATH)% %PROTOCOL%\" %RESPONSE_CODE%" + END, manager));
    }

    private Tree log(String direction, boolean known, String rest, Tree config) {
        String line = WHO + direction + " " + (known ? "%DOWNSTREAM_PEER_URI_SAN% " : "") + WAY
                + (direction.equals(OUT) ? "by %UPSTREAM_CLUSTER%" : "");
        List<Mapping> logs = Logs.read(sidecar.log(), line.stripTrailing() + rest);
        return logs.isEmpty() ? config : config.put("access_log", logs);
    }

    /** Connections that no chain takes. */
    private List<Mapping> refused(String direction) {
        Mapping none = new Tree(at).put("response_flag_filter", new Tree(at).put("flags", texts(List.of("NR"))))
                .mapping();
        return Logs.read(sidecar.log(), WHO + direction + " refused " + WAY + "%RESPONSE_FLAGS%").stream()
                .map(each -> {
                    var entries = new ArrayList<>(each.entries());
                    entries.add(new Node.Entry(at, "filter", none));
                    return new Mapping(each.at(), entries);
                }).toList();
    }
}
