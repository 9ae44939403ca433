package io.weir.app.boot;

import io.netty.channel.Channel;
import io.weir.core.admit.TokenBucket;
import io.weir.core.chain.ChainFinder;
import io.weir.core.chain.Needs;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.net.sniff.HttpInspector;
import io.weir.net.sniff.Inspector;
import io.weir.net.sniff.OriginalSource;
import io.weir.net.sniff.ProxyProtocol;
import io.weir.net.sniff.RateLimit;
import io.weir.net.sniff.Entrance;
import io.weir.net.sniff.SniffingAcceptor;
import io.weir.net.sniff.TlsInspector;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.OriginalDestination;
import io.weir.xds.spec.FilterChainSpec;
import io.weir.xds.spec.FirstLook;
import io.weir.xds.spec.ListenerFilterSpec;
import io.weir.xds.spec.ListenerFilterUse;
import io.weir.xds.spec.ListenerSpec;
import io.weir.xds.spec.PortMatch;
import io.weir.xds.spec.Redirection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Has a listener's connections looked at before they are served, as far as anybody asks for it. The conductor's. */
final class FirstLooks {
    private final ChainFinder<Tenure> table;
    private final Service service;
    private final boolean asksForNames;
    private final Stats stats;
    private final List<Inspector> inspectors = new ArrayList<>();

    /** What makes a listener's bucket; whether it is asked does not. */
    private record RateKey(String statPrefix, TokenBucket.Rule bucket) {
    }

    private FirstLooks(ChainFinder<Tenure> table, ListenerSpec spec, Service service, Stats stats) {
        this.table = table;
        this.service = service;
        var otherwise = spec.otherwise();
        this.asksForNames = spec.chains().stream().anyMatch(FilterChainSpec::asksForServerName)
                || (otherwise != null && otherwise.asksForServerName());
        this.stats = stats;
    }

    /**
     * The service behind the listener's filters; itself where they find out nothing that anybody asks for.
     *
     * @param one
     *            whether there is no choice between chains
     * @param scope
     *            of the listener
     * @param entrance
     *            knows the connections that are being looked at
     */
    static Service before(Service service, boolean one, ChainFinder<Tenure> table, ListenerSpec spec, Stats stats,
            Scope scope, Entrance entrance) {
        var looks = new FirstLooks(table, spec, service, stats);
        for (ListenerFilterUse use : spec.firstLook().filters()) {
            looks.add(use);
        }
        if (looks.inspectors.isEmpty()) {
            return service;
        }
        FirstLook look = spec.firstLook();
        boolean handsOn = spec.redirection() == Redirection.HANDED_ON && look.tellsDestinations();
        Acceptor inner = !one && !handsOn ? service.acceptor() : (worker, channel) -> {
            if (handsOn && OpenListener.handedOn(channel)) {
                return;
            }
            if (one) {
                worker.settings(channel, service.settings());
            }
            service.acceptor().accepted(worker, channel);
        };
        return service.after(new SniffingAcceptor(spec.name(), looks.inspectors, look.timeoutNanos(),
                look.continues(), scope, entrance.out(inner)), entrance);
    }

    private void add(ListenerFilterUse use) {
        Inspector inspector = switch (use.filter()) {
            case ListenerFilterSpec.TlsInspector(boolean closesBroken, boolean ja3, boolean ja4) -> new TlsInspector(
                    closesBroken, ja3, ja4, stats)
                    .when(channel -> asksForNames || ja3 || ja4 || needs(channel).tls());
            case ListenerFilterSpec.HttpInspector _ -> new HttpInspector(stats)
                    .when(channel -> needs(channel).applicationProtocols());
            case ListenerFilterSpec.ProxyProtocol proxy -> new ProxyProtocol(proxy.statPrefix(),
                    proxy.withoutAllowed(), proxy.versionsRefused(), proxy.rules().stream()
                            .map(rule -> new ProxyProtocol.Kept(rule.type(), rule.namespace(), rule.key())).toList(),
                    proxy.passed(), stats);
            case ListenerFilterSpec.LocalRateLimit limit -> limit.enabled() ? rate(limit) : null;
            case ListenerFilterSpec.OriginalSrc(boolean bindsPort, int mark) -> new OriginalSource(bindsPort, mark);
            // found when a connection comes in: that takes no look at its bytes
            case ListenerFilterSpec.OriginalDst _ -> null;
        };
        if (inspector != null) {
            inspectors.add(use.disabled().equals(PortMatch.Always.NONE)
                    ? inspector
                    : inspector.when(channel -> !use.disabled().matches(port(channel))));
        }
    }

    private Inspector rate(ListenerFilterSpec.LocalRateLimit limit) {
        TokenBucket bucket = service.counted().of(new RateKey(limit.statPrefix(), limit.bucket()), TokenBucket.class,
                () -> new TokenBucket(limit.bucket(), System.nanoTime()));
        return new RateLimit(bucket, stats.root().child("listener_local_ratelimit")
                .tagged("envoy.local_listener_ratelimit_prefix", limit.statPrefix()).counter("rate_limited"));
    }

    private Needs needs(Channel channel) {
        return OriginalDestination.localAddress(channel) instanceof InetSocketAddress local
                ? table.needs(local.getAddress(), local.getPort())
                : table.needs(null, 0);
    }

    private static int port(Channel channel) {
        return OriginalDestination.localAddress(channel) instanceof InetSocketAddress local ? local.getPort() : 0;
    }
}
