package io.weir.xds.shortform;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.weir.xds.resource.Nearest;
import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;

import org.jspecify.annotations.Nullable;

/** {@code listen:} as listeners. */
final class Listeners {

    private static final List<String> KEYS = List.of("on", "name", "protocol", "to", "routes", "log", "idle_timeout",
            "trusted_hops", "max_connections", BodyLimit.KEY, RateForm.KEY, CompressForm.KEY,
            CacheForm.KEY, CorsForm.KEY, TlsForm.KEY);

    private static final List<String> PROTOCOLS = List.of("http", "tcp", "udp");

    private final Targets targets;
    private final @Nullable Part defaultLog;
    private final Set<String> names = new HashSet<>();
    private final List<Node> listeners = new ArrayList<>();
    private final AcmeForm acme = new AcmeForm();

    /**
     * @param defaultLog
     *            what holds where a listener says nothing about its log
     */
    Listeners(Targets targets, @Nullable Part defaultLog) {
        this.targets = targets;
        this.defaultLog = defaultLog;
    }

    List<Node> listeners() {
        return listeners;
    }

    /** What has certificates issued. */
    AcmeForm acme() {
        return acme;
    }

    void read(Part listen) {
        for (Part part : listen.items()) {
            listener(part);
        }
    }

    private void listener(Part part) {
        if (!part.isMapping("a listener", KEYS)) {
            return;
        }
        String protocol = protocol(part);
        boolean http = protocol.equals("http");
        List<Node> addresses = addresses(part, protocol.equals("udp"));
        String name = name(part, addresses, protocol);
        Tree listener = new Tree(part.at()).put("name", name);
        if (!addresses.isEmpty()) {
            listener.put("address", addresses.getFirst());
        }
        if (addresses.size() > 1) {
            listener.put("additional_addresses", addresses.stream().skip(1)
                    .map(address -> new Tree(address.at()).put("address", address).mapping()).toList());
        }
        if (protocol.equals("udp")) {
            listeners.add(listener.put("listener_filters", List.of(udp(part, name))).mapping());
            return;
        }
        Mapping filter = http ? http(part, name) : tcp(part, name);
        Mapping gate = RateForm.connections(part, name);
        Tree chain = new Tree(part.at()).put("filters", gate == null ? List.of(filter) : List.of(gate, filter));
        chain.putIf("transport_socket", TlsForm.socket(part, http, acme));
        listeners.add(listener.put("filter_chains", List.of(chain.mapping())).mapping());
    }

    private static String protocol(Part part) {
        Part protocol = part.part("protocol");
        String text = protocol == null ? "http" : protocol.text();
        if (protocol != null && text != null && !PROTOCOLS.contains(text)) {
            protocol.problem("this protocol is not known", Nearest.cure(text, PROTOCOLS, "write http, tcp or udp"));
        }
        return text != null && PROTOCOLS.contains(text) ? text : "http";
    }

    private static List<Node> addresses(Part part, boolean udp) {
        Part on = part.part("on");
        if (on == null) {
            if (part.hasOnly(KEYS)) {
                part.problem("nothing says where to listen", "add on: ADDRESS:PORT, such as on: 127.0.0.1:8080");
            }
            return List.of(AddressForm.unknown(part.at(), udp));
        }
        var addresses = new ArrayList<Node>();
        for (Part item : on.items()) {
            Mapping address = AddressForm.toListenAt(item, udp);
            addresses.add(address == null ? AddressForm.unknown(item.at(), udp) : address);
        }
        return addresses;
    }

    /** Its own name, or one made of protocol and port, which is short and the same on every start. */
    private String name(Part part, List<Node> addresses, String protocol) {
        Part given = part.part("name");
        String name = given == null ? null : given.text();
        if (name == null) {
            name = protocol + "_" + (addresses.isEmpty() ? "none" : suffix(addresses.getFirst()));
            String bare = name;
            for (int i = 2; names.contains(name); i++) {
                name = bare + "_" + i;
            }
        }
        names.add(name);
        return name;
    }

    private static String suffix(Node address) {
        if (address instanceof Mapping mapping && mapping.find("socket_address") instanceof Mapping socket
                && socket.find("port_value") instanceof Scalar port) {
            return port.text();
        }
        if (address instanceof Mapping mapping && mapping.find("pipe") instanceof Mapping pipe
                && pipe.find("path") instanceof Scalar path) {
            return path.text().replaceAll("[^A-Za-z0-9]+", "_").replaceAll("^_+|_+$", "");
        }
        return "none";
    }

    private Mapping http(Part part, String name) {
        Position at = part.at();
        Tree manager = Tree
                .typed(at, "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager")
                .put("stat_prefix", name).put("use_remote_address", true);
        manager.putIf("xff_num_trusted_hops", part.scalar("trusted_hops"));
        Node idle = part.duration("idle_timeout");
        if (idle != null) {
            manager.put("common_http_protocol_options", new Tree(idle.at()).put("idle_timeout", idle));
        }
        List<String> codings = CompressForm.codings(part.part(CompressForm.KEY));
        Routes routes = new Routes(targets, name, codings);
        routes.read(part.items("routes"));
        Part to = part.part("to");
        if (to != null) {
            routes.rest(to);
        } else if (!part.has("routes") && part.hasOnly(KEYS)) {
            part.problem("nothing says where requests go", "add to: SERVICE or routes: [...]");
        }
        Tree table = new Tree(at).put("name", name).put("virtual_hosts", routes.virtualHosts())
                .put("ignore_port_in_host_matching", true);
        Tree perFilter = new Tree(at);
        boolean cors = CorsForm.put(part, perFilter) || routes.cors();
        manager.put("route_config", perFilter.isEmpty() ? table : table.put("typed_per_filter_config", perFilter));
        manager.put("http_filters", filters(part, name, routes, codings, cors));
        return Tree.extension(at, "envoy.filters.network.http_connection_manager", log(part, manager));
    }

    /** What says something to one client stands before what is the same for all; a cache stands behind both. */
    private static List<Node> filters(Part part, String name, Routes routes, List<String> codings, boolean cors) {
        Position at = part.at();
        var filters = new ArrayList<Node>();
        Mapping rate = RateForm.filter(RateForm.rate(part.part(RateForm.KEY)), routes.rateLimit(), name);
        if (rate != null) {
            filters.add(rate);
        }
        if (cors) {
            filters.add(CorsForm.filter(at));
        }
        filters.addAll(CompressForm.filters(at, codings, routes.codings()));
        Mapping cache = CacheForm.filter(CacheForm.config(part.part(CacheForm.KEY)), routes.cache());
        if (cache != null) {
            filters.add(cache);
        }
        Mapping limit = BodyLimit.filter(BodyLimit.bytes(part.part(BodyLimit.KEY)), routes.bodyLimit());
        if (limit != null) {
            filters.add(limit);
        }
        Mapping sessions = StickyForm.filter(routes.session());
        if (sessions != null) {
            filters.add(sessions);
        }
        filters.add(Tree.extension(at, "envoy.filters.http.router",
                Tree.typed(at, "envoy.extensions.filters.http.router.v3.Router")));
        return filters;
    }

    private Mapping tcp(Part part, String name) {
        Position at = part.at();
        for (String key : List.of("routes", "trusted_hops", BodyLimit.KEY, RateForm.KEY, CompressForm.KEY,
                CacheForm.KEY, CorsForm.KEY)) {
            Part unused = part.part(key);
            if (unused != null) {
                unused.problem(key + " is for protocol: http", "remove it, or set protocol: http");
            }
        }
        Tree proxy = Tree.typed(at, "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy").put("stat_prefix",
                name);
        Part to = part.part("to");
        if (to == null && part.hasOnly(KEYS)) {
            part.problem("nothing says where connections go", "add to: SERVICE");
        } else if (to != null) {
            targets.putStreams(to, proxy);
        }
        proxy.putIf("idle_timeout", part.duration("idle_timeout"));
        return Tree.extension(at, "envoy.filters.network.tcp_proxy", log(part, proxy));
    }

    private Mapping udp(Part part, String name) {
        for (String key : List.of("routes", "trusted_hops", "max_connections", BodyLimit.KEY, RateForm.KEY,
                CompressForm.KEY, CacheForm.KEY, CorsForm.KEY, TlsForm.KEY)) {
            Part unused = part.part(key);
            if (unused != null) {
                unused.problem(key + " is not for protocol: udp", "remove it");
            }
        }
        Tree proxy = Tree.typed(part.at(), "envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig")
                .put("stat_prefix", name);
        Part to = part.part("to");
        if (to == null && part.hasOnly(KEYS)) {
            part.problem("nothing says where datagrams go", "add to: SERVICE");
        } else if (to != null && to.node() instanceof Mapping) {
            to.problem("datagrams go to one service", "write to: SERVICE");
        } else if (to != null) {
            Tree route = Tree.typed(to.at(), "envoy.extensions.filters.udp.udp_proxy.v3.Route");
            targets.putStreams(to, route);
            proxy.put("matcher", new Tree(to.at()).put("on_no_match",
                    new Tree(to.at()).put("action",
                            new Tree(to.at()).put("name", "route").put("typed_config", route))));
        }
        proxy.putIf("idle_timeout", part.duration("idle_timeout"));
        return Tree.extension(part.at(), "envoy.filters.udp_listener.udp_proxy", log(part, proxy));
    }

    private Tree log(Part part, Tree config) {
        Part own = part.part("log");
        List<Mapping> logs = Logs.read(own == null ? defaultLog : own);
        return logs.isEmpty() ? config : config.put("access_log", logs);
    }
}
