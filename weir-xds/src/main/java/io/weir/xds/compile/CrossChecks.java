package io.weir.xds.compile;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.starttls.v3.UpstreamStartTlsConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.weir.core.model.AddressText;
import io.weir.xds.resource.Nearest;

/** Checks what no single resource can know: that names are unique and that what is named exists. */
final class CrossChecks {

    private final Findings findings;
    private final Bootstrap bootstrap;

    private CrossChecks(Findings findings, Bootstrap bootstrap) {
        this.findings = findings;
        this.bootstrap = bootstrap;
    }

    static void check(Findings findings, Bootstrap bootstrap) {
        CrossChecks checks = new CrossChecks(findings, bootstrap);
        checks.clusterNames();
        checks.listenerNames();
        checks.addresses();
        checks.somethingListens();
        checks.somebodyHandsOn();
        checks.turning();
    }

    private void clusterNames() {
        Set<String> names = new LinkedHashSet<>();
        boolean nameless = false;
        List<Cluster> clusters = bootstrap.getStaticResources().getClustersList();
        for (int i = 0; i < clusters.size(); i++) {
            String name = clusters.get(i).getName();
            nameless |= name.isEmpty();
            if (!name.isEmpty() && !names.add(name)) {
                findings.error("static_resources.clusters[" + i + "].name", name,
                        "another cluster has this name already", "give each cluster a name of its own");
            }
        }
        if (nameless) {
            return; // one that is referred to may be the one whose name could not be read
        }
        for (Findings.ClusterReference reference : findings.clusterReferences()) {
            if (!reference.cluster().isEmpty() && !names.contains(reference.cluster())) {
                findings.error(reference.path(), reference.cluster(), "there is no cluster of this name",
                        Nearest.cure(reference.cluster(), names, names.isEmpty()
                                ? "add it to static_resources.clusters"
                                : "add it to static_resources.clusters, or name one of: " + some(names)));
            }
        }
        calls(clusters);
    }

    /** Over HTTP/1.1 each call would fail, and nobody would know until the first. */
    private void calls(List<Cluster> clusters) {
        for (Findings.ClusterReference reference : findings.clusterReferences()) {
            if (reference.calls() && clusters.stream().anyMatch(
                    each -> each.getName().equals(reference.cluster()) && !speaksHttp2(each))) {
                findings.error(reference.path(), reference.cluster(),
                        "gRPC needs HTTP/2, and this cluster speaks HTTP/1.1",
                        "give the cluster explicit_http_config: { http2_protocol_options: {} }, or in the short form"
                                + " protocol: http2");
            }
        }
    }

    /** Whether it does, or chooses for each connection. */
    @SuppressWarnings("deprecation") // the older field is honoured
    private static boolean speaksHttp2(Cluster cluster) {
        if (cluster.hasHttp2ProtocolOptions()) {
            return true;
        }
        for (Any each : cluster.getTypedExtensionProtocolOptionsMap().values()) {
            if (each.is(HttpProtocolOptions.class)) {
                try {
                    var options = each.unpack(HttpProtocolOptions.class);
                    return options.hasAutoConfig() && choosing(cluster) || options.hasUseDownstreamProtocolConfig()
                            || options.getExplicitHttpConfig().hasHttp2ProtocolOptions();
                } catch (InvalidProtocolBufferException e) {
                    return true; // its own reader tells
                }
            }
        }
        return false;
    }

    /** Whether hosts may choose: by ALPN, which only TLS has. */
    private static boolean choosing(Cluster cluster) throws InvalidProtocolBufferException {
        if (tls(cluster.getTransportSocket())) {
            return true;
        }
        for (Cluster.TransportSocketMatch each : cluster.getTransportSocketMatchesList()) {
            if (tls(each.getTransportSocket())) {
                return true;
            }
        }
        return false;
    }

    private static boolean tls(TransportSocket socket) throws InvalidProtocolBufferException {
        Any config = socket.getTypedConfig();
        return config.is(UpstreamTlsContext.class) || config.is(ProxyProtocolUpstreamTransport.class)
                && tls(config.unpack(ProxyProtocolUpstreamTransport.class).getTransportSocket());
    }

    /** A filter asks hosts for TLS, and their cluster says how they are secured: one is nothing without the other. */
    private void turning() {
        List<Cluster> clusters = bootstrap.getStaticResources().getClustersList();
        for (Findings.ClusterReference reference : findings.clusterReferences()) {
            if (findings.hostsAskedAt(reference.path()) && clusters.stream()
                    .anyMatch(each -> each.getName().equals(reference.cluster()) && plain(each))) {
                findings.error(reference.path(), reference.cluster(),
                        "its hosts are to be asked for TLS, and the cluster does not say how they are secured then",
                        "give the cluster a transport_socket UpstreamStartTlsConfig");
            }
        }
        if (findings.hostsAskedByName() || bootstrap.hasDynamicResources()) {
            return; // who asks may come from elsewhere
        }
        Set<String> asked = asked(clusters);
        for (int i = 0; i < clusters.size(); i++) {
            Cluster cluster = clusters.get(i);
            if (!asked.contains(cluster.getName()) && (turns(cluster.getTransportSocket()) || cluster
                    .getTransportSocketMatchesList().stream().anyMatch(each -> turns(each.getTransportSocket())))) {
                findings.warning("static_resources.clusters[" + i + "]", cluster.getName(),
                        "nobody asks its hosts for TLS, so that all is sent to them in the clear",
                        "add postgres_proxy with upstream_ssl: REQUIRE before the TCP proxy, or use UpstreamTlsContext"
                                + " where TLS comes first");
            }
        }
    }

    /** The names of clusters whose hosts are asked for TLS, those included that others of them stand for. */
    private Set<String> asked(List<Cluster> clusters) {
        Set<String> asked = new HashSet<>();
        for (Findings.ClusterReference reference : findings.clusterReferences()) {
            if (findings.hostsAskedAt(reference.path())) {
                asked.add(reference.cluster());
            }
        }
        boolean more = true;
        while (more) { // one that stands for others may be one of those that another stands for
            more = false;
            for (int i = 0; i < clusters.size(); i++) {
                if (asked.contains(clusters.get(i).getName())) {
                    String within = "static_resources.clusters[" + i + "].cluster_type";
                    for (Findings.ClusterReference reference : findings.clusterReferences()) {
                        more |= Findings.isWithin(reference.path(), within) && asked.add(reference.cluster());
                    }
                }
            }
        }
        return asked;
    }

    /** Whether nothing secures connections to its hosts; one that stands for others has none. */
    private static boolean plain(Cluster cluster) {
        return !cluster.hasClusterType() && cluster.getTransportSocketMatchesCount() == 0
                && !cluster.getTransportSocket().hasTypedConfig();
    }

    private static boolean turns(TransportSocket socket) {
        Any config = socket.getTypedConfig();
        try {
            return config.is(UpstreamStartTlsConfig.class) || config.is(ProxyProtocolUpstreamTransport.class)
                    && turns(config.unpack(ProxyProtocolUpstreamTransport.class).getTransportSocket());
        } catch (InvalidProtocolBufferException e) {
            return false; // its own reader tells
        }
    }

    private static String some(Set<String> names) {
        String text = String.join(", ", names.stream().limit(8).toList());
        return names.size() > 8 ? text + " ..." : text;
    }

    private void listenerNames() {
        Set<String> names = new LinkedHashSet<>();
        List<Listener> listeners = bootstrap.getStaticResources().getListenersList();
        for (int i = 0; i < listeners.size(); i++) {
            String name = listeners.get(i).getName();
            if (!name.isEmpty() && !names.add(name)) {
                findings.error("static_resources.listeners[" + i + "].name", name,
                        "another listener has this name already", "give each listener a name of its own");
            }
        }
    }

    private void addresses() {
        Map<SocketAddress, String> streams = new HashMap<>();
        Map<SocketAddress, String> datagrams = new HashMap<>();
        List<Listener> listeners = bootstrap.getStaticResources().getListenersList();
        for (int i = 0; i < listeners.size(); i++) {
            String path = "static_resources.listeners[" + i + "]";
            String name = listeners.get(i).getName().isEmpty() ? path : listeners.get(i).getName();
            boolean udp = listeners.get(i).getAddress().getSocketAddress()
                    .getProtocol() == io.envoyproxy.envoy.config.core.v3.SocketAddress.Protocol.UDP;
            Map<SocketAddress, String> taken = udp ? datagrams : streams;
            address(taken, path + ".address", name, listeners.get(i).getAddress());
            for (int j = 0; j < listeners.get(i).getAdditionalAddressesCount(); j++) {
                address(taken, path + ".additional_addresses[" + j + "].address", name,
                        listeners.get(i).getAdditionalAddresses(j).getAddress());
            }
        }
        if (bootstrap.getAdmin().hasAddress()) {
            address(streams, "admin.address", "admin", bootstrap.getAdmin().getAddress());
        }
    }

    private void address(Map<SocketAddress, String> taken, String path, String owner,
            io.envoyproxy.envoy.config.core.v3.Address message) {
        // what is wrong with the address itself has been told where it was read
        SocketAddress address = Addresses.toListenAt(ReadContext.standalone(findings.extensions()), message);
        if (address == null || (address instanceof InetSocketAddress inet && inet.getPort() == 0)) {
            return;
        }
        String earlier = taken.putIfAbsent(address, owner);
        if (earlier != null) {
            findings.error(path, AddressText.of(address), earlier + " listens at this address already",
                    "give each listener an address of its own");
        }
    }

    /** A listener that does not listen has its connections from others. */
    private void somebodyHandsOn() {
        List<Listener> listeners = bootstrap.getStaticResources().getListenersList();
        if (listeners.stream().anyMatch(each -> each.getUseOriginalDst().getValue())) {
            return;
        }
        for (int i = 0; i < listeners.size(); i++) {
            if (listeners.get(i).hasBindToPort() && !listeners.get(i).getBindToPort().getValue()) {
                findings.warning("static_resources.listeners[" + i + "].bind_to_port", "false",
                        "no listener hands connections on to this one, so that it has none",
                        "set use_original_dst: true on the listener that connections are redirected to");
            }
        }
    }

    private void somethingListens() {
        if (bootstrap.getStaticResources().getListenersCount() == 0 && !bootstrap.hasDynamicResources()) {
            findings.warning("static_resources", "", "there are no listeners; nothing will be served",
                    "add listeners");
        }
    }
}
