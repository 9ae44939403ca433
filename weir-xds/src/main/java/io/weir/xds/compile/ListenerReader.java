package io.weir.xds.compile;

import io.weir.xds.spec.ConnectionFilter;
import io.weir.xds.spec.FilterChainSpec;
import io.weir.xds.spec.FilterSpec;
import io.weir.xds.spec.ListenerSpec;
import io.weir.xds.spec.Redirection;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.protobuf.BoolValue;

import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.weir.core.model.AddressText;

import org.jspecify.annotations.Nullable;

/** Reads one listener. */
final class ListenerReader {

    /** Listener filters that look at the first bytes for the sake of a chain's match; without a match, no loss. */
    private static final Set<String> LOOKING_ONLY = Set.of(
            "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
            "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector");

    private static final String ORIGINAL_DST = "envoy.extensions.filters.listener.original_dst.v3.OriginalDst";

    private final ReadContext context;
    private final Listener listener;
    private final Map<SocketAddress, Integer> unixModes = new LinkedHashMap<>();

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
        Redirection redirection = redirection(listenerFilters());
        switches();
        List<FilterChainSpec> chains = chains();
        var accessLog = context.accessLogs("access_log", listener.getAccessLogList());
        if (addresses.isEmpty() || chains.isEmpty()) {
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
        return new ListenerSpec(name, addresses, unixModes, ipv4Compatible(), chains, bufferBytesMax, reusePort,
                backlog, accessLog, statPrefix.replace(':', '_'), redirection, bound());
    }

    private List<SocketAddress> addresses() {
        var addresses = new ArrayList<SocketAddress>();
        add(addresses, context.at("address"), listener.getAddress());
        udp(context.at("address"), listener.getAddress());
        for (int i = 0; i < listener.getAdditionalAddressesCount(); i++) {
            ReadContext at = context.at("additional_addresses", i).at("address");
            add(addresses, at, listener.getAdditionalAddresses(i).getAddress());
            udp(at, listener.getAdditionalAddresses(i).getAddress());
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

    private static void udp(ReadContext context, Address address) {
        if (address.getSocketAddress()
                .getProtocol() == io.envoyproxy.envoy.config.core.v3.SocketAddress.Protocol.UDP) {
            context.problem("socket_address.protocol", "UDP", "Weir does not serve UDP yet", "set protocol: TCP");
        }
    }

    /** Whether one of them finds out where redirected connections were going. */
    private boolean listenerFilters() {
        boolean restores = false;
        for (int i = 0; i < listener.getListenerFiltersCount(); i++) {
            ListenerFilter filter = listener.getListenerFilters(i);
            String type = TypedConfigs.type(filter.getTypedConfig());
            ReadContext at = context.at("listener_filters", i);
            if (type.equals(ORIGINAL_DST)) {
                restores = true;
                if (filter.hasFilterDisabled()) {
                    at.problem("filter_disabled", "", "Weir does not switch this listener filter off by a match",
                            "remove it, or use a listener of its own without the filter");
                }
            } else if (LOOKING_ONLY.contains(type)) {
                at.warning("", type, "no filter chain asks for what this filter finds; it is left out", "");
            } else {
                at.problem(type.isEmpty() ? "" : "typed_config", type.isEmpty() ? filter.getName() : type,
                        "Weir does not have this listener filter yet", "remove it");
            }
        }
        return restores;
    }

    private Redirection redirection(boolean restores) {
        return listener.getUseOriginalDst().getValue()
                ? Redirection.HANDED_ON
                : restores ? Redirection.RESTORED : Redirection.IGNORED;
    }

    /** Whether it listens at its addresses. */
    private boolean bound() {
        return !listener.hasBindToPort() || listener.getBindToPort().getValue();
    }

    /** Fields that are harmless as long as they say "no". */
    private void switches() {
        refuseTrue("transparent", listener.getTransparent());
        refuseTrue("freebind", listener.getFreebind());
        if (!bound() && listener.getAddress().getSocketAddress().getPortValue() == 0) {
            context.problem("bind_to_port", "false",
                    "a listener that does not listen gets the connections that were going to its address, and it has"
                            + " no port",
                    "give its address a port_value, or remove bind_to_port");
        }
    }

    private void refuseTrue(String field, BoolValue value) {
        if (value.getValue()) {
            context.problem(field, "true", "Weir does not honour this field yet", "remove it");
        }
    }

    private List<FilterChainSpec> chains() {
        var chains = new ArrayList<FilterChainSpec>();
        boolean matchesAll = false;
        for (int i = 0; i < listener.getFilterChainsCount(); i++) {
            FilterChain chain = listener.getFilterChains(i);
            ReadContext at = context.at("filter_chains", i);
            if (!chain.getFilterChainMatch().equals(FilterChainMatch.getDefaultInstance())) {
                at.problem("filter_chain_match", "", "Weir does not choose filter chains by match yet",
                        "use one chain without filter_chain_match, on a listener of its own");
            } else if (matchesAll) {
                at.problem("", chain.getName(), "two filter chains of a listener match the same connections",
                        "remove one of them");
            } else {
                matchesAll = true;
            }
            add(chains, chain(at, chain));
        }
        if (listener.hasDefaultFilterChain()) {
            if (matchesAll) {
                context.warning("default_filter_chain", "", "a filter chain without match takes every connection, so"
                        + " that this one is never used", "remove it");
            }
            add(chains, chain(context.at("default_filter_chain"), listener.getDefaultFilterChain()));
        }
        if (listener.getFilterChainsCount() == 0 && !listener.hasDefaultFilterChain()) {
            context.problem("filter_chains", "", "a listener needs a filter chain",
                    "add filter_chains with a HttpConnectionManager or a TcpProxy");
        }
        return chains.size() > 1 && matchesAll ? List.of(chains.getFirst()) : chains;
    }

    private static void add(List<FilterChainSpec> chains, @Nullable FilterChainSpec chain) {
        if (chain != null) {
            chains.add(chain);
        }
    }

    private static @Nullable FilterChainSpec chain(ReadContext context, FilterChain chain) {
        if (chain.hasTransportSocket()) {
            ClusterReader.Transport.check(context.at("transport_socket"), chain.getTransportSocket());
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
        return filters.isEmpty() ? null : new FilterChainSpec(chain.getName(), filters);
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
