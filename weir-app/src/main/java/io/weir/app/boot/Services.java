package io.weir.app.boot;

import io.weir.app.acme.Certifying;
import io.weir.app.secret.SecretKeeper;
import io.weir.core.admit.Carryover;
import io.weir.core.chain.ChainMatch;
import io.weir.core.chain.ChainFinder;
import io.weir.core.chain.ChainTable;
import io.weir.core.chain.ChainTree;
import io.weir.core.chain.TraitTree;
import io.weir.core.cluster.Clusters;
import io.weir.core.model.AccessLogSpec;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.tls.ServerTls;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.connect.HttpTunnels;
import io.weir.http.proxy.HttpStats;
import io.weir.http.proxy.ProxyContext;
import io.weir.http.server.HttpServer;
import io.weir.http.service.GrpcCaller;
import io.weir.net.service.ServiceCaller;
import io.weir.net.sniff.Entrance;
import io.weir.net.tls.TlsFailure;
import io.weir.net.tls.TlsServer;
import io.weir.net.tls.TlsStats;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.Workers;
import io.weir.observe.log.AccessLog;
import io.weir.observe.log.AccessLogs;
import io.weir.stream.access.AccessSpec;
import io.weir.stream.access.RuledAcceptor;
import io.weir.stream.answer.AnswerSpec;
import io.weir.stream.answer.Answers;
import io.weir.stream.ask.AskSpec;
import io.weir.stream.ask.AskingAcceptor;
import io.weir.stream.gate.GateSpec;
import io.weir.stream.gate.GatedAcceptor;
import io.weir.stream.postgres.DirectTls;
import io.weir.stream.postgres.PostgresAcceptor;
import io.weir.stream.postgres.PostgresSpec;
import io.weir.stream.state.StateAcceptor;
import io.weir.stream.state.StateSpec;
import io.weir.stream.tcp.SniClusterSpec;
import io.weir.stream.tcp.TcpProxy;
import io.weir.stream.tcp.TcpProxySpec;
import io.weir.xds.spec.ChainSet;
import io.weir.xds.spec.FilterChainSpec;
import io.weir.xds.spec.FilterSpec;
import io.weir.xds.spec.ListenerSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes what serves a listener's connections, by the kind of its filter. The conductor's. */
final class Services {
    private final Workers workers;
    private final Clusters clusters;
    private final Stats stats;
    private final AccessLogs logs;
    private final SecretKeeper secrets;
    private final Certifying certifying;
    private final ServiceCaller callers;

    Services(Workers workers, Clusters clusters, Stats stats, AccessLogs logs, SecretKeeper secrets) {
        this.secrets = secrets;
        this.workers = workers;
        this.clusters = clusters;
        this.stats = stats;
        this.logs = logs;
        this.certifying = new Certifying(stats);
        this.callers = new GrpcCaller(clusters);
    }

    /** Certificates that are issued for the listeners. */
    Certifying certifying() {
        return certifying;
    }

    /** A listener cannot be served, although its configuration stands: a log file cannot be opened. */
    static final class Unserved extends Exception {
        private static final long serialVersionUID = 1L;

        private final String path;
        private final String value;
        private final String cure;

        Unserved(String path, String value, String message, String cure) {
            super(message);
            this.path = path;
            this.value = value;
            this.cure = cure;
        }

        /** Where in the listener. */
        String path() {
            return path;
        }

        /** What stands there. */
        String value() {
            return value;
        }

        String cure() {
            return cure;
        }
    }

    /**
     * What a listener's connections come to. Of the chains of before those serve on that have not changed; the others
     * are made. The compiler has seen to it that there is a chain, and that its last filter ends it.
     *
     * @param before
     *            what the listener has served by; null: it is new
     * @throws Unserved
     *             when an access log cannot be opened; nothing stays open that is new
     */
    Front of(ListenerSpec spec, @Nullable Front before) throws Unserved {
        AccessLog connections = log(spec.accessLog(), "access_log");
        var parts = new ArrayList<Tenure>();
        var changes = new ArrayList<Runnable>();
        try {
            Service door = door(spec, parts, before, changes);
            return new Front(spec, door.withConnections(connections), parts, changes);
        } catch (ChainTable.TooManyWays e) {
            connections.close();
            parts.forEach(Tenure::letGo);
            throw new Unserved("filter_chains", spec.name(), String.valueOf(e.getMessage()), "use more listeners");
        } catch (Unserved | RuntimeException e) {
            connections.close();
            parts.forEach(Tenure::letGo);
            throw e;
        }
    }

    /**
     * One chain that takes whatever comes has connections as they come.
     *
     * @param parts
     *            gets all chains, the default chain behind the others
     * @param changes
     *            gets what is to be done for those that serve on
     */
    private Service door(ListenerSpec spec, List<Tenure> parts, @Nullable Front before, List<Runnable> changes)
            throws Unserved, ChainTable.TooManyWays {
        List<FilterChainSpec> chains = spec.chains();
        boolean one = chains.size() == 1 && chains.getFirst().match().equals(ChainMatch.ALL)
                && spec.chainSet().tree() == null;
        FilterChainSpec otherwise = one ? null : spec.otherwise();
        List<Tenure.Made> wanted = Stream.concat(chains.stream(), Stream.ofNullable(otherwise)).map(this::made)
                .toList();
        var heirs = new Heirs(spec, before, wanted);
        for (int i = 0; i < wanted.size(); i++) {
            String at = i < chains.size() ? "filter_chains[" + i + "]" : "default_filter_chain";
            parts.add(tenure(spec, wanted.get(i), at, heirs.place(i), changes));
        }
        Tenure rest = otherwise == null ? null : parts.getLast();
        var table = finder(spec.chainSet(), parts.subList(0, chains.size()), rest);
        Scope scope = stats.root().child("listener").tagged("envoy.listener_address", spec.statPrefix());
        Acceptor choice = one
                ? parts.getFirst()
                : new ChainChoice(table, scope.counter("no_filter_chain_match"));
        Carryover counted = before == null ? new Carryover() : before.counted().next();
        Service door = Service.before(choice, parts.getFirst().service().settings(), counted);
        return FirstLooks.before(door, one, table, spec, stats, scope, new Entrance(workers));
    }

    /** What a chain is made of now. Asked before what is there is read: a certificate may come meanwhile. */
    private Tenure.Made made(FilterChainSpec chain) {
        ServerTls tls = chain.tls();
        return new Tenure.Made(chain, tls == null ? null : certifying.present(tls), certifying.proves());
    }

    /**
     * The chain's, held for whoever asks: as it has served before, or else made.
     *
     * @param changes
     *            gets what is to be done for it when the listener is changed
     */
    private Tenure tenure(ListenerSpec spec, Tenure.Made made, String at, Heirs.Place place, List<Runnable> changes)
            throws Unserved {
        Tenure before = place.before();
        if (before == null || !place.serves()) {
            return new Tenure(of(spec, made.spec(), at, before == null ? null : before.service()), made);
        }
        if (!before.of().same(made)) {
            if (!(before.service().drain() instanceof HttpServer server
                    && made.spec().filters().getLast().config() instanceof HttpManagerSpec http)) {
                throw new IllegalStateException("no requests to change anything for");
            }
            ProxyContext next = server.context().next(http, epochMicrosAtZero());
            changes.add(() -> {
                server.serveBy(next);
                before.become(made);
            });
        }
        before.hold();
        return before;
    }

    private static ChainFinder<Tenure> finder(ChainSet set, List<Tenure> parts, @Nullable Tenure rest)
            throws ChainTable.TooManyWays {
        TraitTree tree = set.tree();
        if (tree == null) {
            return new ChainTable<>(set.chains().stream().map(FilterChainSpec::match).toList(), parts, rest);
        }
        var named = new HashMap<String, Tenure>();
        for (int i = 0; i < parts.size(); i++) {
            named.put(set.chains().get(i).name(), parts.get(i));
        }
        return new ChainTree<>(tree, named, rest);
    }

    /**
     * What serves a chain's connections.
     *
     * @param before
     *            what has served those that come to it from now on; null: nothing
     */
    private Service of(ListenerSpec spec, FilterChainSpec chain, String at, @Nullable Service before) throws Unserved {
        List<FilterSpec> filters = chain.filters();
        String path = at + ".filters[" + (filters.size() - 1) + "].typed_config";
        boolean byName = filters.stream().anyMatch(each -> each.config() instanceof SniClusterSpec);
        FilterSpec last = filters.getLast();
        Service service = of(byName && last.config() instanceof TcpProxySpec tcp
                ? new FilterSpec(last.name(), tcp.withClustersByName())
                : last, path, before);
        TlsServer tls = before == null ? null : before.tls();
        return gated(secured(ruled(service, spec, chain), spec, chain, at, tls), filters);
    }

    /** The service behind TLS, where there is any. What limits connections stands before it: handshakes are dear. */
    private Service secured(Service service, ListenerSpec spec, FilterChainSpec chain, String at,
            @Nullable TlsServer before) throws Unserved {
        ServerTls tls = tls(chain);
        if (tls == null) {
            return service;
        }
        try {
            Scope scope = scope(spec);
            Counter late = late(scope);
            Entrance entrance = new Entrance(workers);
            Instant begun = Instant.now();
            ServerTls present = certifying.present(tls);
            if (none(present) && !none(tls)) {
                Acceptor none = certifying.before(tls, null, _ -> false, scope, late, chain.handshakeNanos());
                return service.secured(begun(service, chain, none, entrance, late), entrance,
                        () -> {
                        });
            }
            TlsServer server = TlsServer.open(present, secrets, before);
            Runnable followed = secrets.follow(server, "listener " + spec.name(),
                    scope.child("server_ssl_socket_factory"), begun);
            Acceptor inside = entrance.out(service.acceptor());
            boolean turns = turning(chain) != null;
            Acceptor secures = server.before(turns ? new DirectTls(inside) : inside, new TlsStats(scope), late,
                    chain.handshakeNanos(), turns ? DirectTls.ALPN : null);
            Acceptor door = certifying.before(tls, secures, server::serves, scope, late, chain.handshakeNanos());
            return service.secured(begun(service, chain, door, entrance, late), entrance, () -> {
                followed.run();
                server.close();
            }).by(server);
        } catch (TlsFailure e) {
            service.forget().run();
            String within = turning(chain) == null ? "" : "tls_socket_config.";
            throw new Unserved(at + ".transport_socket.typed_config." + within + e.path(), e.value(), e.text(),
                    e.cure());
        }
    }

    /** Clients of PostgreSQL that begin with TLS want its name agreed on; another list of names is as it is written. */
    private static @Nullable ServerTls tls(FilterChainSpec chain) {
        ServerTls tls = chain.tls();
        return tls == null || turning(chain) == null || !tls.common().alpn().isEmpty()
                ? tls
                : tls.withCommon(tls.common().withAlpn(List.of(DirectTls.ALPN)));
    }

    /** Who secures connections, or who asks first whether they shall be. */
    private Acceptor begun(Service service, FilterChainSpec chain, Acceptor secures, Entrance entrance, Counter late) {
        PostgresSpec turning = turning(chain);
        return turning == null
                ? secures
                : new PostgresAcceptor(turning, stats, entrance.out(service.acceptor()), secures, late,
                        chain.handshakeNanos());
    }

    /** The filter that turns the chain's connections to TLS; null: they are secured from the first byte on, or not. */
    private static @Nullable PostgresSpec turning(FilterChainSpec chain) {
        for (FilterSpec filter : chain.filters()) {
            if (filter.config() instanceof PostgresSpec postgres && postgres.turnsToTls()) {
                return postgres;
            }
        }
        return null;
    }

    private Scope scope(ListenerSpec spec) {
        return stats.root().child("listener").tagged("envoy.listener_address", spec.statPrefix());
    }

    /** Counts who has not agreed in time on what his connection is to be. */
    private static Counter late(Scope scope) {
        return scope.counter("downstream_cx_transport_socket_connect_timeout");
    }

    private static boolean none(ServerTls tls) {
        return tls.common().certificates().isEmpty() && tls.common().named().certificates().isEmpty();
    }

    /** What may ask for certificates stands behind TLS; the last of them stands next to the service. */
    private Service ruled(Service service, ListenerSpec spec, FilterChainSpec chain) {
        List<FilterSpec> filters = chain.filters();
        Service ruled = service;
        for (FilterSpec filter : filters.reversed()) {
            if (filter.config() instanceof AccessSpec access) {
                ruled = ruled(ruled, access);
            } else if (filter.config() instanceof StateSpec state) {
                ruled = ruled.behind(new StateAcceptor(state, ruled.acceptor()));
            } else if (filter.config() instanceof AskSpec ask) {
                Entrance entrance = new Entrance(workers);
                boolean speaksFirst = !(filters.getLast().config() instanceof HttpManagerSpec);
                ruled = ruled.behind(new AskingAcceptor(ask, callers, stats, entrance.out(ruled.acceptor()),
                        speaksFirst), entrance);
            } else if (filter.config() instanceof PostgresSpec postgres && !postgres.turnsToTls()) {
                Entrance entrance = new Entrance(workers);
                Acceptor host = entrance.out(ruled.acceptor());
                ruled = ruled.secured(new PostgresAcceptor(postgres, stats, host, late(scope(spec)),
                        chain.handshakeNanos()), entrance, () -> {
                        });
            }
        }
        return ruled;
    }

    /** Who is refused after a while waits for the end where those are known who are on their way. */
    private Service ruled(Service service, AccessSpec rules) {
        if (rules.delayNanos() == 0) {
            return service.behind(new RuledAcceptor(rules, stats, service.acceptor()));
        }
        Entrance entrance = new Entrance(workers);
        return service.behind(new RuledAcceptor(rules, stats, entrance.out(service.acceptor())), entrance);
    }

    private Service gated(Service service, List<FilterSpec> filters) {
        var gates = filters.stream().map(FilterSpec::config).filter(GateSpec.class::isInstance)
                .map(GateSpec.class::cast).toList();
        if (gates.isEmpty()) {
            return service;
        }
        if (gates.stream().noneMatch(GateSpec::delays)) {
            return service.behind(gate(gates, service, service.acceptor()));
        }
        Entrance entrance = new Entrance(workers);
        return service.behind(gate(gates, service, entrance.out(service.acceptor())), entrance);
    }

    private GatedAcceptor gate(List<GateSpec> gates, Service service, Acceptor inner) {
        return new GatedAcceptor(gates, stats, service.counted(), System.nanoTime(), inner);
    }

    private Service of(FilterSpec last, String path, @Nullable Service before) throws Unserved {
        Carryover counted = before == null ? new Carryover() : before.counted().next();
        return switch (last.config()) {
            case HttpManagerSpec http -> http(http, path, counted,
                    before != null && before.drain() instanceof HttpServer server
                            ? server.context().counted().next()
                            : new Carryover());
            case TcpProxySpec tcp -> tcp(tcp, path, counted);
            case AnswerSpec answer -> answer(answer, counted);
            default -> throw new Unserved(path, last.name(), "this filter does not serve connections",
                    "end the chain with a connection manager or a TCP proxy");
        };
    }

    /**
     * @param requests
     *            what the limits of requests have counted before, which may change while connections stay
     */
    private Service http(HttpManagerSpec spec, String path, Carryover counted, Carryover requests) throws Unserved {
        AccessLog log = log(spec.accessLog(), path + ".access_log");
        HttpServer server = new HttpServer(
                new ProxyContext(spec, clusters, new HttpStats(stats, spec.statPrefix()), log, requests,
                        certifying.challenges(), epochMicrosAtZero()),
                workers);
        return new Service(server, HttpServer.SETTINGS, server, server::closeAll, AccessLog.none(), counted,
                log::close, null);
    }

    private static long epochMicrosAtZero() {
        return System.currentTimeMillis() * 1000 - System.nanoTime() / 1000;
    }

    private Service tcp(TcpProxySpec spec, String path, Carryover counted) throws Unserved {
        AccessLog log = log(spec.accessLogs(), path + ".access_log");
        TcpProxy proxy = new TcpProxy(spec, clusters, stats, log, new HttpTunnels());
        return new Service(proxy, TcpProxy.SETTINGS, proxy, proxy::closeAll, AccessLog.none(), counted,
                log::close, null);
    }

    private static Service answer(AnswerSpec spec, Carryover counted) {
        Answers answers = new Answers(spec);
        return new Service(answers, Answers.SETTINGS, answers, answers::closeAll, AccessLog.none(), counted,
                () -> {
                }, null);
    }

    /** What takes the datagrams of listeners. */
    DatagramListeners datagrams() {
        return new DatagramListeners(workers, stats, clusters, this);
    }

    /** The log that these make; closed by whoever asks. */
    AccessLog log(List<AccessLogSpec> specs, String path) throws Unserved {
        return switch (logs.open(specs)) {
            case AccessLogs.Opened.Ready(AccessLog log) -> log;
            case AccessLogs.Opened.Failed(List<AccessLogs.Fault> faults) -> {
                AccessLogs.Fault first = faults.getFirst();
                throw new Unserved(path + "[" + first.index() + "].typed_config.path", first.sink(),
                        first.message(), "");
            }
        };
    }
}
