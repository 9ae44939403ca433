package io.weir.net.tls;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.core.socket.ProxyHeaderSpec;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.core.tls.ClientStartTls;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.HostSockets;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.ProxiedSocket;
import io.weir.core.tls.RequestNames;
import io.weir.core.tls.SocketSpec;
import io.weir.net.introduce.Introduction;
import io.weir.net.introduce.Sources;
import io.weir.net.transport.ConnectOptions;
import io.weir.net.transport.Connector;
import io.weir.net.transport.OnBehalf;
import io.weir.net.transport.Worker;
import io.weir.net.turn.TlsTurn;
import io.weir.net.turn.TurnFailure;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to a cluster's hosts, over TLS and behind the PROXY protocol where its sockets say so. It stands,
 * opened, among the extensions of the cluster's spec, so that a worker that reads the spec has the sockets that go with
 * it. Opened by the conductor, used by any worker.
 */
public final class HostTls implements Renewable {
    /** Where it stands among a cluster's extensions. */
    private static final String KEY = "transport_socket.opened";

    private final HostSockets spec;
    private final @Nullable TlsClient otherwise;
    private final List<@Nullable TlsClient> matches;
    private final RequestNames names;
    /** By what secures other connections, what secures those that are made for a request: hosts prove its name. */
    private final Map<TlsClient, TlsClient> proving;
    /** By what secures other connections, what secures those of checks: where they offer protocols of their own. */
    private final Map<TlsClient, TlsClient> checking;
    /** Those of connections that begin in the clear, and turn only where the host is asked. */
    private final Set<TlsClient> later;
    private final List<String> offered;
    private final boolean introduces;
    private final Counter tooLong;

    /**
     * What carries the bytes of connections to a host.
     *
     * @param tls
     *            what secures them; null: nothing
     * @param header
     *            what the host is told of clients before all else; null: nothing
     */
    public record HostSocket(@Nullable TlsClient tls, @Nullable ProxyHeaderSpec header) {
    }

    private HostTls(HostSockets spec, @Nullable TlsClient otherwise, List<@Nullable TlsClient> matches,
            Opening opening, Scope scope) {
        this.spec = spec;
        this.otherwise = otherwise;
        this.matches = matches;
        this.names = opening.names;
        this.proving = opening.proving;
        this.checking = opening.checking;
        this.later = opening.later;
        this.offered = opening.offered;
        this.introduces = spec.otherwise() instanceof ProxiedSocket
                || spec.matches().stream().anyMatch(each -> each.socket() instanceof ProxiedSocket);
        this.tooLong = scope.child("upstream").child("proxyprotocol").counter("v2_tlvs_exceed_max_length");
    }

    /**
     * The cluster with its sockets opened: the same where all is plain. Waits for files.
     *
     * @param former
     *            what the cluster was before, whose sockets are kept if they are to be the same; null: it is new
     * @param scope
     *            the cluster's
     * @param secrets
     *            where those come from that have names only
     * @throws TlsFailure
     *             for the first thing that is wrong, its path from the cluster on
     */
    public static ClusterSpec opened(ClusterSpec cluster, @Nullable ClusterSpec former, Scope scope,
            SecretSource secrets) throws TlsFailure {
        if (!(cluster.extensions().get(HostSockets.KEY) instanceof HostSockets sockets)) {
            return cluster;
        }
        HostTls before = former == null ? null : of(former);
        RequestNames names = cluster.extensions().get(RequestNames.KEY) instanceof RequestNames.Given given
                ? given.names()
                : RequestNames.NONE;
        CheckSpec checks = cluster.health().checks();
        List<String> offered = checks == null ? List.of() : checks.way().alpn();
        HostTls now = before != null && before.spec.equals(sockets) && before.names.equals(names)
                && before.offered.equals(offered)
                        ? before
                        : new Opening(new TlsStats(scope), secrets, names, offered).all(sockets, scope);
        Map<String, Object> extensions = new HashMap<>(cluster.extensions());
        extensions.put(KEY, now);
        return cluster.withExtensions(extensions);
    }

    /** One cluster's sockets on their way to be opened. */
    private record Opening(TlsStats stats, SecretSource secrets, RequestNames names, List<String> offered,
            Map<TlsClient, TlsClient> proving, Map<TlsClient, TlsClient> checking, Set<TlsClient> later,
            List<TlsClient> made) {
        Opening(TlsStats stats, SecretSource secrets, RequestNames names, List<String> offered) {
            this(stats, secrets, names, offered, new IdentityHashMap<>(), new IdentityHashMap<>(),
                    Collections.newSetFromMap(new IdentityHashMap<>()), new ArrayList<>());
        }

        /** All of them, or none. */
        HostTls all(HostSockets sockets, Scope scope) throws TlsFailure {
            try {
                return each(sockets, scope);
            } catch (TlsFailure | RuntimeException e) {
                made.forEach(TlsClient::release);
                throw e;
            }
        }

        private HostTls each(HostSockets sockets, Scope scope) throws TlsFailure {
            var matches = new ArrayList<@Nullable TlsClient>();
            for (int i = 0; i < sockets.matches().size(); i++) {
                matches.add(one(sockets.matches().get(i).socket(), "transport_socket_matches[" + i
                        + "].transport_socket"));
            }
            return new HostTls(sockets, one(sockets.otherwise(), "transport_socket"), matches, this, scope);
        }

        private @Nullable TlsClient one(SocketSpec socket, String path) throws TlsFailure {
            if (socket instanceof ProxiedSocket(ProxyHeaderSpec _, SocketSpec inner)) {
                return one(inner, path + ".typed_config.transport_socket");
            }
            if (socket instanceof ClientStartTls(ClientTls begunInTheClear)) {
                return turning(begunInTheClear, path);
            }
            if (!(socket instanceof ClientTls tls)) {
                return null;
            }
            try {
                TlsClient client = open(tls);
                if (names.proven()) {
                    // Sessions of its own: one that was agreed on without a look at the name would be taken up.
                    proving.put(client, open(believing(tls).withSanOfSni()));
                }
                if (!offered.isEmpty()) {
                    checking.put(client, open(tls.withAlpn(offered)));
                }
                return client;
            } catch (TlsFailure e) {
                throw new TlsFailure(path + ".typed_config." + e.path(), e.value(), e.text(), e.cure());
            }
        }

        /** Who asks hosts in words of their own proves no names of requests, and is no check. */
        private TlsClient turning(ClientTls tls, String path) throws TlsFailure {
            try {
                TlsClient client = open(tls);
                later.add(client);
                return client;
            } catch (TlsFailure e) {
                throw new TlsFailure(path + ".typed_config.tls_socket_config." + e.path(), e.value(), e.text(),
                        e.cure());
            }
        }

        private TlsClient open(ClientTls tls) throws TlsFailure {
            TlsClient client = TlsClient.open(tls, secrets, stats);
            made.add(client);
            return client;
        }

        private static ClientTls believing(ClientTls tls) throws TlsFailure {
            if (!tls.common().validation().verifies() && tls.common().named().validation() == null) {
                throw new TlsFailure("common_tls_context.validation_context", "",
                        "auto_san_validation is asked for, but anybody can write any name into a certificate of his"
                                + " own, and nothing says whose are believed",
                        "add trusted_ca");
            }
            return tls;
        }
    }

    /** Every socket is made anew that can be; the first that cannot is told. */
    @Override
    public void renew() throws TlsFailure {
        TlsFailure first = null;
        for (TlsClient each : clients()) {
            try {
                each.renew();
            } catch (TlsFailure e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    @Override
    public Set<String> watched() {
        return clients().stream().flatMap(each -> each.watched().stream()).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Set<NamedSecrets.Ref> named() {
        return clients().stream().flatMap(each -> each.named().stream()).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Lets go of what it holds beside memory, of one that no cluster is to have: no connection is made by it any more.
     * Else the end of what can be reached does it, whenever that is noticed.
     */
    public void release() {
        clients().forEach(TlsClient::release);
    }

    private List<TlsClient> clients() {
        return Stream.concat(Stream.concat(Stream.ofNullable(otherwise), matches.stream().flatMap(Stream::ofNullable)),
                Stream.concat(proving.values().stream(), checking.values().stream())).toList();
    }

    /** The cluster's sockets, opened; null: all is plain. */
    public static @Nullable HostTls of(ClusterSpec cluster) {
        return cluster.extensions().get(KEY) instanceof HostTls opened ? opened : null;
    }

    /** Whether hosts of one cluster may have different sockets. */
    public boolean byHost() {
        return !matches.isEmpty();
    }

    /** Whether hosts are told of clients, at least some of them. */
    public static boolean introduces(ClusterSpec cluster) {
        HostTls opened = of(cluster);
        return opened != null && opened.introduces;
    }

    /** Whether a connection to one of the cluster's hosts that is made for one name serves no other. */
    public static boolean byName(ClusterSpec cluster) {
        HostTls opened = of(cluster);
        return opened != null && opened.names.any();
    }

    /** What carries the bytes of connections to this endpoint. */
    public HostSocket socket(Endpoint endpoint) {
        int match = matches.isEmpty() ? -1 : spec.match(endpoint.metadata());
        SocketSpec socket = match < 0 ? spec.otherwise() : spec.matches().get(match).socket();
        return new HostSocket(client(endpoint), socket instanceof ProxiedSocket proxied ? proxied.header() : null);
    }

    /** What connections to this endpoint are secured by from their first byte on; null: nothing. */
    public @Nullable TlsClient client(Endpoint endpoint) {
        TlsClient client = soonOrLate(endpoint);
        return client == null || later.contains(client) ? null : client;
    }

    /** The same, or what they turn to. */
    private @Nullable TlsClient soonOrLate(Endpoint endpoint) {
        int match = matches.isEmpty() ? -1 : spec.match(endpoint.metadata());
        return match < 0 ? otherwise : matches.get(match);
    }

    /** What connections to this host are secured by; null: nothing. */
    public static @Nullable TlsClient client(ClusterSpec cluster, Host host) {
        HostTls opened = of(cluster);
        return opened == null ? null : opened.client(host.endpoint());
    }

    /** Connects to a host for nobody but Weir, by {@link Connector#connect} or {@link TlsClient#connect}. */
    public static ChannelFuture connect(Worker worker, ClusterSpec cluster, Host host, ConnectOptions options,
            Offer offer, ChannelHandler handler) {
        return connect(worker, cluster, host, null, options, offer, handler);
    }

    /**
     * The same.
     *
     * @param client
     *            whom the connection is made for; null: nobody but Weir
     */
    public static ChannelFuture connect(Worker worker, ClusterSpec cluster, Host host, @Nullable OnBehalf client,
            ConnectOptions options, Offer offer, ChannelHandler handler) {
        return connect(worker, cluster, host, client, null, options, offer, handler);
    }

    /**
     * The same for a request.
     *
     * @param name
     *            what the request names; counts where {@link #byName} says so; null: nothing, so that a host that must
     *            prove a name proves what it is asked for, else its own
     */
    public static ChannelFuture connect(Worker worker, ClusterSpec cluster, Host host, @Nullable OnBehalf client,
            @Nullable RequestName name, ConnectOptions options, Offer offer, ChannelHandler handler) {
        return connect(worker, cluster, host.address(), host.endpoint(), client,
                secured(cluster, host.endpoint(), name), options, offer, handler);
    }

    /**
     * The same, to look after a host, be it at another address: no name of requests is to be proven.
     *
     * @param endpoint
     *            whose name and metadata count
     */
    public static ChannelFuture connect(Worker worker, ClusterSpec cluster, SocketAddress address, Endpoint endpoint,
            @Nullable OnBehalf client, ConnectOptions options, Offer offer, ChannelHandler handler) {
        HostTls opened = of(cluster);
        TlsClient tls = opened == null ? null : opened.client(endpoint);
        return connect(worker, cluster, address, endpoint, client, tls == null ? null : new Secured(tls, null), options,
                offer, handler);
    }

    /** Connects to a host for a check of it, in the way that checks go. */
    public static ChannelFuture check(Worker worker, ClusterSpec cluster, SocketAddress address, Endpoint endpoint,
            CheckSpec.Way way, ConnectOptions options, Offer offer, ChannelHandler handler) {
        HostTls opened = of(cluster);
        Map<String, Object> criteria = way.criteria();
        Endpoint chosen = criteria == null
                ? endpoint
                : endpoint.withMetadata(Map.of(HostSockets.METADATA, criteria));
        TlsClient usual = opened == null ? null : opened.client(chosen);
        TlsClient own = opened == null || usual == null ? null : opened.checking.get(usual);
        if (opened == null || own == null) {
            return connect(worker, cluster, address, chosen, null, options, offer, handler);
        }
        return own.connect(worker, address, chosen, null,
                opened.introduced(Sources.place(cluster, address, null, options), opened.socket(chosen), null), offer,
                handler);
    }

    private ConnectOptions introduced(ConnectOptions placed, HostSocket socket, @Nullable OnBehalf client) {
        return socket.header == null
                ? placed
                : placed.withPreamble(new Introduction(socket.header, client, tooLong));
    }

    private static ChannelFuture connect(Worker worker, ClusterSpec cluster, SocketAddress address, Endpoint endpoint,
            @Nullable OnBehalf client, @Nullable Secured secured, ConnectOptions options, Offer offer,
            ChannelHandler handler) {
        HostTls opened = of(cluster);
        ConnectOptions placed = Sources.place(cluster, address, client, options);
        TlsTurn turn = options.turn();
        if (opened == null) {
            return turn == null ? Connector.connect(worker, address, placed, handler) : unsecured(worker, turn);
        }
        HostSocket socket = opened.socket(endpoint);
        ConnectOptions introduced = opened.introduced(placed, socket, client);
        if (turn != null) {
            return opened.turned(turn, worker, address, endpoint, introduced, offer, handler);
        }
        return secured == null
                ? Connector.connect(worker, address, introduced, handler)
                : secured.tls.connect(worker, address, endpoint, secured.asked, introduced, offer, handler);
    }

    /** Connects to a host that is to be asked for TLS; one that speaks nothing else need not be asked. */
    private ChannelFuture turned(TlsTurn turn, Worker worker, SocketAddress address, Endpoint endpoint,
            ConnectOptions options, Offer offer, ChannelHandler handler) {
        TlsClient tls = soonOrLate(endpoint);
        return tls == null
                ? unsecured(worker, turn)
                : tls.connect(worker, address, endpoint, null,
                        later.contains(tls) ? options : options.withTurn(null), offer, handler);
    }

    private static ChannelFuture unsecured(Worker worker, TlsTurn turn) {
        turn.failed();
        return Connector.failed(worker,
                new TurnFailure("TLS error: the host is to be asked for TLS, and its cluster does"
                        + " not say how connections are secured then"));
    }

    /** What secures one connection, and what is wanted of it. */
    private record Secured(TlsClient tls, TlsClient.@Nullable Asked asked) {
    }

    private static @Nullable Secured secured(ClusterSpec cluster, Endpoint endpoint, @Nullable RequestName name) {
        HostTls opened = of(cluster);
        TlsClient tls = opened == null ? null : opened.client(endpoint);
        if (opened == null || tls == null) {
            return null;
        }
        TlsClient proving = opened.proving.get(tls);
        if (name == null) {
            return proving == null
                    ? new Secured(tls, null)
                    : new Secured(proving, new TlsClient.Asked("", proving.name(endpoint).isEmpty()
                            ? RequestName.of(endpoint.hostname()).host()
                            : ""));
        }
        return new Secured(proving == null ? tls : proving, new TlsClient.Asked(opened.names.asked() ? name.sni() : "",
                opened.names.proven() ? name.host() : ""));
    }
}
