package io.weir.app.boot;

import io.weir.core.cluster.Clusters;
import io.weir.core.model.AccessLogSpec;
import io.weir.core.stats.Stats;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.proxy.HttpStats;
import io.weir.http.proxy.ProxyContext;
import io.weir.http.server.HttpServer;
import io.weir.net.transport.Workers;
import io.weir.observe.log.AccessLog;
import io.weir.observe.log.AccessLogs;
import io.weir.stream.tcp.TcpProxy;
import io.weir.stream.tcp.TcpProxySpec;
import io.weir.xds.spec.FilterSpec;
import io.weir.xds.spec.ListenerSpec;
import java.util.List;

/** Makes what serves a listener's connections, by the kind of its filter. The conductor's. */
final class Services {
    private final Workers workers;
    private final Clusters clusters;
    private final Stats stats;
    private final AccessLogs logs;

    Services(Workers workers, Clusters clusters, Stats stats, AccessLogs logs) {
        this.workers = workers;
        this.clusters = clusters;
        this.stats = stats;
        this.logs = logs;
    }

    /** A listener cannot be served, although its configuration stands: a log file cannot be opened. */
    static final class Unserved extends Exception {
        private static final long serialVersionUID = 1L;

        Unserved(String message) {
            super(message);
        }
    }

    /**
     * What serves the listener. The compiler has seen to it that there is one chain and that its last filter ends it.
     *
     * @throws Unserved
     *             when an access log cannot be opened; nothing stays open
     */
    Service of(ListenerSpec spec) throws Unserved {
        FilterSpec last = spec.chains().getFirst().filters().getLast();
        return switch (last.config()) {
            case HttpManagerSpec http -> http(http);
            case TcpProxySpec tcp -> tcp(tcp);
            default -> throw new Unserved("the filter " + last.name() + " does not serve connections");
        };
    }

    private Service http(HttpManagerSpec spec) throws Unserved {
        AccessLog log = log(spec.accessLog());
        long epochMicrosAtZero = System.currentTimeMillis() * 1000 - System.nanoTime() / 1000;
        HttpServer server = new HttpServer(
                new ProxyContext(spec, clusters, new HttpStats(stats, spec.statPrefix()), log, epochMicrosAtZero),
                workers);
        return new Service(server, HttpServer.SETTINGS, server::drain, server::closeAll, log::close);
    }

    private Service tcp(TcpProxySpec spec) throws Unserved {
        AccessLog log = log(spec.accessLogs());
        TcpProxy proxy = new TcpProxy(spec, clusters, stats, log);
        // A stream of bytes has no end of its own that could be waited for: it goes on until its peers or the time end
        // it.
        return new Service(proxy, TcpProxy.SETTINGS, () -> {
        }, proxy::closeAll, log::close);
    }

    private AccessLog log(List<AccessLogSpec> specs) throws Unserved {
        return switch (logs.open(specs)) {
            case AccessLogs.Opened.Ready(AccessLog log) -> log;
            case AccessLogs.Opened.Failed(List<String> messages) -> throw new Unserved(String.join("; ", messages));
        };
    }
}
