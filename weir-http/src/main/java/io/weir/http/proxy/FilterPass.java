package io.weir.http.proxy;

import io.weir.core.model.Host;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.ClientIp;
import io.weir.http.filter.ConnectionMemory;
import io.weir.http.filter.FilterChains;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.route.FormatSource;
import io.weir.http.route.Route;
import io.weir.http.route.Target;
import io.weir.net.transport.Worker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one exchange through the filters of its route. Steps are made when they are first needed, and kept for
 * later exchanges. Serves one exchange after another; belongs to one worker.
 */
final class FilterPass implements FilterExchange {
    private static final Logger LOG = LoggerFactory.getLogger(FilterPass.class);
    private static final FilterStep[] NONE = {};
    /** Chains whose steps a connection keeps: more routes than this, each with filters of its own, are rare in one. */
    private static final int KEPT_MAX = 8;

    private final Exchange exchange;
    private final Downstream downstream;
    private final FilterChains chains;
    private final ConnectionMemory connection;
    private final List<Kept> kept = new ArrayList<>(1);
    private FilterStep[] steps = NONE;
    /** How many steps have heard of the request. */
    private int reached;
    private int replaced;
    private boolean complete;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Kept(int chain, List<HttpFilter> filters, FilterStep[] steps) {
    }

    FilterPass(Exchange exchange, Downstream downstream, FilterChains chains, ConnectionMemory connection) {
        this.exchange = exchange;
        this.downstream = downstream;
        this.chains = chains;
        this.connection = connection;
    }

    /** Nothing has been passed of the exchange that begins. */
    void clear() {
        steps = NONE;
        reached = 0;
        complete = false;
    }

    /** Asks each filter of a chain until one answers. */
    Flow requestHead(int chain, HttpHead request) {
        if (chains.isEmpty(chain)) {
            return Flow.NEXT;
        }
        steps = steps(chain);
        while (reached < steps.length) {
            var flow = steps[reached++].requestHead(request);
            if (flow instanceof Flow.Reply) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    private FilterStep[] steps(int chain) {
        for (int i = 0; i < kept.size(); i++) {
            if (kept.get(i).chain == chain) {
                return kept.get(i).steps;
            }
        }
        var filters = chains.filters(chain);
        var fresh = new Kept(chain, filters, filters.stream().map(this::step).toArray(FilterStep[]::new));
        if (kept.size() < KEPT_MAX) {
            kept.add(fresh);
        } else {
            replaced = (replaced + 1) % KEPT_MAX;
            kept.set(replaced, fresh);
        }
        return fresh.steps;
    }

    /** A filter that stands in two chains knows its connection once. */
    @SuppressWarnings("ReferenceEquality") // is what is meant
    private FilterStep step(HttpFilter filter) {
        for (var other : kept) {
            for (int i = 0; i < other.steps.length; i++) {
                if (other.filters.get(i) == filter) {
                    return other.steps[i];
                }
            }
        }
        return filter.step(this);
    }

    /** The final head of the response is about to go out. */
    void responseHead(HttpHead response) {
        for (int i = reached - 1; i >= 0; i--) {
            steps[i].responseHead(response);
        }
    }

    /** The response's trailers are about to go out. */
    void responseTrailers(HttpHead trailers) {
        for (int i = reached - 1; i >= 0; i--) {
            steps[i].responseTrailers(trailers);
        }
    }

    /**
     * The exchange is over.
     *
     * @param whole
     *            whether the response went out to its end
     */
    void ended(boolean whole, long nowNanos) {
        complete = whole;
        while (reached > 0) {
            try {
                steps[--reached].ended(nowNanos);
            } catch (RuntimeException bug) { // costs the others nothing: they hold places in limits
                LOG.error("a filter failed at the end of a request", bug);
            }
        }
    }

    @Override
    public Worker worker() {
        return downstream.worker();
    }

    @Override
    public ConnectionMemory connection() {
        return connection;
    }

    @Override
    public ClientIp clientIp() {
        return exchange.affinity().client();
    }

    @Override
    public @Nullable Route route() {
        return exchange.route();
    }

    @Override
    public @Nullable Target target() {
        return exchange.target();
    }

    @Override
    public FormatSource formats() {
        return exchange.record();
    }

    @Override
    public long startNanos() {
        return exchange.moments().startNanos;
    }

    @Override
    public int status() {
        return exchange.status();
    }

    @Override
    public boolean fromHost() {
        return exchange.attempts().answered();
    }

    @Override
    public boolean complete() {
        return complete;
    }

    @Override
    public long flags() {
        return exchange.flags();
    }

    @Override
    public @Nullable Host host() {
        return exchange.attempts().visit().host();
    }

    @Override
    public void bind(String address, boolean only) {
        exchange.affinity().bind(address, only);
    }
}
