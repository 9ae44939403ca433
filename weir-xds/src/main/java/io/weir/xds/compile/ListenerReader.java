package io.weir.xds.compile;

import io.weir.core.chain.ChainMatch;
import io.weir.core.chain.ChainTable;
import io.weir.core.chain.Trait;
import io.weir.core.chain.TraitTree;
import io.weir.xds.chain.ChainMatchReader;
import io.weir.xds.chain.PortRule;
import io.weir.xds.chain.SocketRulesReader;
import io.weir.xds.chain.TraitTreeReader;
import io.weir.xds.resource.Nearest;
import io.weir.xds.spec.ChainSet;
import io.weir.xds.spec.ConnectionFilter;
import io.weir.xds.spec.DatagramFilter;
import io.weir.xds.spec.DatagramSpec;
import io.weir.xds.spec.DrainScope;
import io.weir.xds.spec.FilterChainSpec;
import io.weir.xds.spec.FilterSpec;
import io.weir.xds.spec.FirstLook;
import io.weir.xds.spec.ListenPlace;
import io.weir.xds.spec.ListenerFilterSpec;
import io.weir.xds.spec.ListenerFilterUse;
import io.weir.xds.spec.ListenerSpec;
import io.weir.xds.spec.OverloadScope;
import io.weir.xds.spec.PortMatch;
import io.weir.xds.spec.Redirection;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.network.sni_cluster.v3.SniCluster;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.weir.core.model.AddressText;
import io.weir.core.socket.SocketOption;
import io.weir.core.tls.ClientStartTls;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.ProxiedSocket;
import io.weir.core.tls.ServerTls;
import io.weir.core.tls.StartTls;
import io.weir.core.tls.SocketSpec;

import org.jspecify.annotations.Nullable;

/** Reads one listener. */
final class ListenerReader {

    private final ReadContext context;
    private final Listener listener;
    private final Map<SocketAddress, Integer> unixModes = new LinkedHashMap<>();
    private final Map<Integer, List<SocketOption>> ownOptions = new LinkedHashMap<>();

    private ListenerReader(ReadContext context, Listener listener) {
        this.context = context;
        this.listener = listener;
    }

    /** The listener, or null after a problem that leaves nothing to go on with. */
    static @Nullable ListenerSpec read(ReadContext context, Listener listener) {
        return new ListenerReader(context, listener).read();
    }

    private @Nullable ListenerSpec read() {
        List<SocketAddress> addresses = addresses();
        boolean datagrams = isUdp(listener.getAddress());
        var filters = datagrams ? List.<ListenerFilterUse>of() : listenerFilters();
        switches();
        List<FilterChainSpec> chains = datagrams ? datagramChain() : chains();
        @Nullable
        FilterChainSpec otherwise = defaultChain();
        @Nullable
        TraitTree tree = listener.hasFilterChainMatcher() ? tree(chains) : null;
        var accessLog = context.accessLogs("access_log", listener.getAccessLogList());
        if (addresses.isEmpty() || (chains.isEmpty() && otherwise == null)) {
            return null;
        }
        String address = AddressText.of(addresses.getFirst());
        String name = listener.getName().isEmpty() ? address : listener.getName();
        String statPrefix = listener.getStatPrefix().isEmpty() ? address : listener.getStatPrefix();
        int bufferBytesMax = listener.hasPerConnectionBufferLimitBytes()
                ? Plain.limit(listener.getPerConnectionBufferLimitBytes().getValue())
                : ListenerSpec.BUFFER_BYTES_DEFAULT;
        int backlog = listener.hasTcpBacklogSize()
                ? Plain.limit(listener.getTcpBacklogSize().getValue())
                : ListenerSpec.BACKLOG_DEFAULT;
        boolean reusePort = !listener.hasEnableReusePort() || listener.getEnableReusePort().getValue();
        ListenPlace place = new ListenPlace(addresses, unixModes, ipv4Compatible(), bound(), reusePort, backlog,
                SocketRulesReader.read(listener, context::problem), ownOptions);
        return new ListenerSpec(name, statPrefix.replace(':', '_'), place, firstLook(filters, chains, otherwise, tree),
                new ChainSet(chains, otherwise, tree), bufferBytesMax, accessLog, redirection(filters), drain(),
                new OverloadScope(!listener.getIgnoreGlobalConnLimit(), !listener.getBypassOverloadManager(),
                        Long.MAX_VALUE));
    }

    private List<SocketAddress> addresses() {
        var addresses = new ArrayList<SocketAddress>();
        add(addresses, context.at("address"), listener.getAddress());
        for (int i = 0; i < listener.getAdditionalAddressesCount(); i++) {
            ReadContext at = context.at("additional_addresses", i).at("address");
            AdditionalAddress more = listener.getAdditionalAddresses(i);
            if (more.hasSocketOptions()) {
                ownOptions.put(addresses.size(), SocketRulesReader.own(more,
                        context.at("additional_addresses", i)::problem));
            }
            add(addresses, at, more.getAddress());
            if (isUdp(more.getAddress()) != isUdp(listener.getAddress())) {
                at.problem("socket_address.protocol", "",
                        "a listener takes either connections or datagrams at all its addresses",
                        "give the other protocol a listener of its own");
            }
        }
        return addresses;
    }

    private void add(List<SocketAddress> addresses, ReadContext at, Address message) {
        SocketAddress address = Addresses.toListenAt(at, message);
        if (address != null) {
            addresses.add(address);
            if (Addresses.mode(message) >= 0) {
                unixModes.put(address, Addresses.mode(message));
            }
        }
    }

    private boolean ipv4Compatible() {
        return listener.getAddress().getSocketAddress().getIpv4Compat() || listener.getAdditionalAddressesList()
                .stream().anyMatch(more -> more.getAddress().getSocketAddress().getIpv4Compat());
    }

    private static boolean isUdp(Address address) {
        return address.getSocketAddress()
                .getProtocol() == io.envoyproxy.envoy.config.core.v3.SocketAddress.Protocol.UDP;
    }

    /** What takes datagrams is a listener filter; it stands as the one filter of a chain that takes everything. */
    private List<FilterChainSpec> datagramChain() {
        if (listener.getFilterChainsCount() > 0 || listener.hasDefaultFilterChain()) {
            context.problem("filter_chains", "", "a listener of datagrams has no connections for a filter chain",
                    "remove it, and add the listener filter envoy.filters.udp_listener.udp_proxy");
        }
        if (!bound()) {
            context.problem("bind_to_port", "false", "no other listener could hand datagrams on to this one",
                    "remove it");
        }
        if (listener.getListenerFiltersCount() != 1) {
            context.problem("listener_filters", listener.getListenerFiltersCount() + " filters",
                    "a listener of datagrams has one filter, which takes them",
                    "add envoy.filters.udp_listener.udp_proxy, and nothing else");
        }
        long bytesMax = DatagramSpec.DATAGRAM_BYTES_DEFAULT;
        var socket = listener.getUdpListenerConfig().getDownstreamSocketConfig();
        if (socket.hasMaxRxDatagramSize()) {
            bytesMax = socket.getMaxRxDatagramSize().getValue();
        }
        var filters = new ArrayList<FilterSpec>();
        for (int i = 0; i < listener.getListenerFiltersCount(); i++) {
            ListenerFilter filter = listener.getListenerFilters(i);
            DatagramFilter read = context.at("listener_filters", i).extension("typed_config", filter.getTypedConfig(),
                    DatagramFilter.class);
            if (filter.hasFilterDisabled()) {
                context.at("listener_filters", i).problem("filter_disabled", "",
                        "without this filter nothing would take the datagrams", "remove it");
            }
            if (read != null) {
                filters.add(new FilterSpec(filter.getName(), new DatagramSpec(read,
                        Math.clamp(bytesMax, 1, DatagramSpec.DATAGRAM_BYTES_LIMIT))));
            }
        }
        return filters.size() != 1
                ? List.of()
                : List.of(new FilterChainSpec("", ChainMatch.ALL, filters, null,
                        FilterChainSpec.HANDSHAKE_NANOS_DEFAULT, listener));
    }

    private List<ListenerFilterUse> listenerFilters() {
        var filters = new ArrayList<ListenerFilterUse>();
        for (int i = 0; i < listener.getListenerFiltersCount(); i++) {
            ListenerFilter filter = listener.getListenerFilters(i);
            ReadContext at = context.at("listener_filters", i);
            ListenerFilterSpec read = at.extension("typed_config", filter.getTypedConfig(), ListenerFilterSpec.class);
            PortMatch disabled = filter.hasFilterDisabled()
                    ? PortRule.read(filter.getFilterDisabled(), "filter_disabled", at::problem)
                    : PortMatch.Always.NONE;
            if (read instanceof ListenerFilterSpec.OriginalDst && filter.hasFilterDisabled()) {
                at.problem("filter_disabled", "", "Weir does not switch this listener filter off by a match",
                        "remove it, or use a listener of its own without the filter");
            }
            if (read != null) {
                filters.add(new ListenerFilterUse(filter.getName(), read, disabled));
            }
        }
        return filters;
    }

    /** What has to be found out; what finds out where connections were going is not among it. */
    private FirstLook firstLook(List<ListenerFilterUse> filters, List<FilterChainSpec> chains,
            @Nullable FilterChainSpec otherwise, @Nullable TraitTree tree) {
        var matches = chains.stream().map(FilterChainSpec::match).toList();
        boolean asksTls = matches.stream().anyMatch(match -> !match.serverNames().isEmpty()
                || !match.transportProtocol().isEmpty() || !match.applicationProtocols().isEmpty())
                || chains.stream().anyMatch(FilterChainSpec::asksForServerName)
                || (otherwise != null && otherwise.asksForServerName())
                || (tree != null && tree.asks(EnumSet.of(Trait.SERVER_NAME, Trait.TRANSPORT_PROTOCOL,
                        Trait.APPLICATION_PROTOCOL)));
        boolean asksProtocols = matches.stream().anyMatch(match -> !match.applicationProtocols().isEmpty())
                || (tree != null && tree.asks(EnumSet.of(Trait.APPLICATION_PROTOCOL)));
        var looking = new ArrayList<ListenerFilterUse>();
        for (int i = 0; i < filters.size(); i++) {
            boolean asked = switch (filters.get(i).filter()) {
                case ListenerFilterSpec.TlsInspector tls -> asksTls || tls.ja3() || tls.ja4();
                case ListenerFilterSpec.HttpInspector _ -> asksProtocols;
                case ListenerFilterSpec.ProxyProtocol _,ListenerFilterSpec.LocalRateLimit _ -> true;
                case ListenerFilterSpec.OriginalSrc _ -> true;
                case ListenerFilterSpec.OriginalDst _ -> false;
            };
            if (asked) {
                looking.add(filters.get(i));
            } else if (!(filters.get(i).filter() instanceof ListenerFilterSpec.OriginalDst)) {
                context.warning("listener_filters", filters.get(i).name(),
                        "no filter chain asks for what this filter finds; it is left out", "");
            }
        }
        if (asksTls && looking.stream().noneMatch(each -> each.filter() instanceof ListenerFilterSpec.TlsInspector)
                && looking.stream().noneMatch(each -> each.filter() instanceof ListenerFilterSpec.HttpInspector)) {
            context.warning("listener_filters", "", "a filter chain asks for what the tls_inspector finds, which is"
                    + " added, as Envoy does", "add envoy.filters.listener.tls_inspector");
            looking.add(new ListenerFilterUse("envoy.filters.listener.tls_inspector",
                    ListenerFilterSpec.TlsInspector.PLAIN, PortMatch.Always.NONE));
        }
        return new FirstLook(looking, listener.hasListenerFiltersTimeout()
                ? Plain.nanos(listener.getListenerFiltersTimeout())
                : FirstLook.TIMEOUT_NANOS, listener.getContinueOnListenerFiltersTimeout());
    }

    private Redirection redirection(List<ListenerFilterUse> filters) {
        boolean restores = filters.stream().anyMatch(each -> each.filter() instanceof ListenerFilterSpec.OriginalDst);
        return listener.getUseOriginalDst().getValue()
                ? Redirection.HANDED_ON
                : restores ? Redirection.RESTORED : Redirection.IGNORED;
    }

    /** Whether it listens at its addresses. */
    private boolean bound() {
        return !listener.hasBindToPort() || listener.getBindToPort().getValue();
    }

    private DrainScope drain() {
        return new DrainScope(listener.getDrainType() == Listener.DrainType.MODIFY_ONLY,
                listener.getTrafficDirection() == TrafficDirection.INBOUND);
    }

    /** Who does not listen needs a port all the same, and what is for datagrams is for nothing else. */
    private void switches() {
        if (listener.hasUdpListenerConfig() && !isUdp(listener.getAddress())) {
            context.problem("udp_listener_config", "", "this listener takes connections, and no datagrams",
                    "remove it, or write protocol: UDP into the address");
        }
        if (!bound() && listener.getAddress().getSocketAddress().getPortValue() == 0) {
            context.problem("bind_to_port", "false",
                    "a listener that does not listen gets the connections that were going to its address, and it has"
                            + " no port",
                    "give its address a port_value, or remove bind_to_port");
        }
    }

    private List<FilterChainSpec> chains() {
        var chains = new ArrayList<FilterChainSpec>();
        var matches = new ArrayList<ChainMatch>();
        for (int i = 0; i < listener.getFilterChainsCount(); i++) {
            FilterChain chain = listener.getFilterChains(i);
            ReadContext at = context.at("filter_chains", i);
            ChainMatch match = ChainMatchReader.read(chain.getFilterChainMatch(), at.at("filter_chain_match")::problem);
            matches.add(match);
            FilterChainSpec read = chain(at, chain, match);
            if (read != null) {
                chains.add(read);
            }
        }
        if (listener.getFilterChainsCount() == 0 && !listener.hasDefaultFilterChain()) {
            context.problem("filter_chains", "", "a listener needs a filter chain",
                    "add filter_chains with a HttpConnectionManager or a TcpProxy");
        }
        if (!listener.hasFilterChainMatcher()) {
            overlaps(matches);
        }
        return chains;
    }

    /** What finds chains by their names, which each must then have. */
    private @Nullable TraitTree tree(List<FilterChainSpec> chains) {
        var names = new HashSet<String>();
        for (int i = 0; i < listener.getFilterChainsCount(); i++) {
            FilterChain chain = listener.getFilterChains(i);
            ReadContext at = context.at("filter_chains", i);
            if (chain.getName().isEmpty() || !names.add(chain.getName())) {
                at.problem("name", chain.getName(), "filter_chain_matcher finds chains by their names",
                        "give each a name of its own");
            }
            if (chain.hasFilterChainMatch()) {
                at.problem("filter_chain_match", "", "filter_chain_matcher says which connections a chain has",
                        "remove one of the two");
            }
        }
        TraitTree tree = TraitTreeReader.read(listener.getFilterChainMatcher(),
                context.at("filter_chain_matcher")::problem);
        if (tree != null) {
            for (String name : tree.chains()) {
                if (!names.contains(name)) {
                    context.problem("filter_chain_matcher", name, "there is no filter chain of this name",
                            Nearest.cure(name, names, "add it to filter_chains"));
                }
            }
        }
        return chains.isEmpty() ? null : tree;
    }

    private void overlaps(List<ChainMatch> matches) {
        try {
            for (ChainTable.Overlap overlap : ChainTable.overlaps(matches)) {
                context.at("filter_chains", overlap.second()).problem("filter_chain_match",
                        listener.getFilterChains(overlap.second()).getName(),
                        "two filter chains of a listener match the same connections: this one and filter_chains["
                                + overlap.first() + "]",
                        "remove one of them, or have their filter_chain_match ask for different values");
            }
        } catch (ChainTable.TooManyWays e) {
            context.problem("filter_chains", matches.size() + " chains", "there are " + e.getMessage(),
                    "use more listeners with fewer chains each");
        }
    }

    private @Nullable FilterChainSpec defaultChain() {
        if (!listener.hasDefaultFilterChain()) {
            return null;
        }
        var all = FilterChainMatch.getDefaultInstance();
        if (listener.getFilterChainsCount() == 1 && listener.getFilterChains(0).getFilterChainMatch().equals(all)) {
            context.warning("default_filter_chain", "", "a filter chain without match takes every connection, so that"
                    + " this one is never used", "remove it");
        }
        if (!listener.getDefaultFilterChain().getFilterChainMatch().equals(all)) {
            context.problem("default_filter_chain.filter_chain_match", "",
                    "the default chain is for what fits no other, and asks for nothing",
                    "remove it, or move the chain to filter_chains");
        }
        return chain(context.at("default_filter_chain"), listener.getDefaultFilterChain(), ChainMatch.ALL);
    }

    private static @Nullable FilterChainSpec chain(ReadContext context, FilterChain chain, ChainMatch match) {
        SocketSpec socket = chain.hasTransportSocket()
                ? ClusterReader.Transport.read(context.at("transport_socket"), chain.getTransportSocket())
                : new SocketSpec.Plain();
        String host = ofHosts(socket);
        if (host != null) {
            context.at("transport_socket").problem("typed_config", host,
                    "this is for hosts, and here are clients", "use DownstreamTlsContext, or the listener filter"
                            + " envoy.filters.listener.proxy_protocol");
        }
        var filters = new ArrayList<FilterSpec>();
        for (int i = 0; i < chain.getFiltersCount(); i++) {
            FilterSpec filter = filter(context.at("filters", i), chain.getFilters(i));
            if (filter != null) {
                filters.add(filter);
            }
            boolean passesOn = filter != null && filter.config() instanceof ConnectionFilter;
            boolean last = i + 1 == chain.getFiltersCount();
            if (passesOn && last) {
                context.at("filters", i).problem("", chain.getFilters(i).getName(),
                        "this filter ends no chain, and none follows it",
                        "add a HttpConnectionManager or a TcpProxy behind it");
            } else if (filter != null && !passesOn && !last) {
                context.at("filters", i).problem("", chain.getFilters(i).getName(),
                        "this filter ends the chain, and others follow it", "move it to the end, or remove the others");
            }
        }
        if (chain.getFiltersCount() == 0) {
            context.problem("filters", "", "a filter chain needs a filter that says what to do with a connection",
                    "add a HttpConnectionManager or a TcpProxy");
        }
        turning(context, chain, socket, filters);
        ServerTls tls = socket instanceof StartTls later
                ? later.tls()
                : socket instanceof ServerTls first ? first : null;
        long handshakeNanos = chain.hasTransportSocketConnectTimeout()
                ? Plain.nanos(chain.getTransportSocketConnectTimeout())
                : FilterChainSpec.HANDSHAKE_NANOS_DEFAULT;
        return filters.isEmpty()
                ? null
                : new FilterChainSpec(chain.getName(), match, filters, tls, handshakeNanos, chain);
    }

    /** The name of a socket that is for connections to hosts; null: it is not. */
    private static @Nullable String ofHosts(@Nullable SocketSpec socket) {
        return switch (socket) {
            case ClientTls _ -> "UpstreamTlsContext";
            case ClientStartTls _ -> "UpstreamStartTlsConfig";
            case ProxiedSocket _ -> "ProxyProtocolUpstreamTransport";
            case ServerTls _,StartTls _,SocketSpec.Plain _ -> null;
            case null -> null;
        };
    }

    /** A connection that may turn to TLS needs somebody who turns it, and the other way round. */
    private static void turning(ReadContext context, FilterChain chain, @Nullable SocketSpec socket,
            List<FilterSpec> filters) {
        long turning = filters.stream()
                .filter(each -> each.config() instanceof ConnectionFilter passing && passing.turnsToTls()).count();
        if (turning == 0 && socket instanceof StartTls) {
            context.at("transport_socket").problem("typed_config.tls_socket_config", "",
                    "no filter of this chain speaks a protocol that turns to TLS by words of its own, so that all would"
                            + " stay in the clear",
                    "use DownstreamTlsContext where TLS comes first, or no transport_socket, as a TCP proxy passes on"
                            + " what client and host agree on; for PostgreSQL add postgres_proxy with downstream_ssl");
        } else if (turning == 1 && socket != null && !(socket instanceof StartTls)) {
            context.problem("transport_socket", "",
                    "a filter is to let connections turn to TLS, and nothing says by which certificate",
                    "add a transport_socket StartTlsConfig with tls_socket_config");
        } else if (turning > 1) {
            context.problem("filters", "", "a connection turns to TLS once, and " + turning + " filters would do it",
                    "keep one of them");
        }
        asking(context, chain, filters);
    }

    /** Who asks hosts for TLS does so by the filter that connects to them. */
    private static void asking(ReadContext context, FilterChain chain, List<FilterSpec> filters) {
        boolean asks = filters.stream().anyMatch(
                each -> each.config() instanceof ConnectionFilter passing && passing.asksHostsForTls());
        if (!asks || chain.getFiltersCount() == 0) {
            return;
        }
        int index = chain.getFiltersCount() - 1;
        Any last = chain.getFilters(index).getTypedConfig();
        try {
            if (last.is(TcpProxy.class) && !last.unpack(TcpProxy.class).hasTunnelingConfig()) {
                context.findings().hostsAsked(context.at("filters", index).path() + ".typed_config");
                if (chain.getFiltersList().stream().anyMatch(each -> each.getTypedConfig().is(SniCluster.class))) {
                    context.findings().hostsAskedOfAnyName();
                }
                return;
            }
        } catch (InvalidProtocolBufferException e) {
            return; // its own reader tells
        }
        context.problem("filters", "", "hosts are to be asked for TLS in the words of a protocol, and only a TCP proxy"
                + " without tunneling_config asks them", "end the chain with one, or remove upstream_ssl");
    }

    private static @Nullable FilterSpec filter(ReadContext context, Filter filter) {
        String type = TypedConfigs.type(filter.getTypedConfig());
        if (!type.isEmpty() && context.isKnown(filter.getTypedConfig()) && !type.contains(".filters.network.")) {
            context.problem("typed_config", type, "this extension is no network filter",
                    "move it to where such extensions belong");
            return null;
        }
        Object config = context.extension("typed_config", filter.getTypedConfig(), Object.class);
        return config == null ? null : new FilterSpec(filter.getName(), config);
    }
}
