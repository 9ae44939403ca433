package io.weir.http.proxy;

import io.weir.core.model.Host;
import io.weir.core.value.FilterState;
import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.ClientIp;
import io.weir.http.filter.ConnectionMemory;
import io.weir.http.filter.DynamicMetadata;
import io.weir.http.filter.FilterChains;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.filter.Passage;
import io.weir.http.filter.Remarks;
import io.weir.http.filter.time.FilterTimes;
import io.weir.http.filter.way.Calls;
import io.weir.http.filter.way.Crossing;
import io.weir.http.filter.way.StepChains;
import io.weir.http.route.FormatSource;
import io.weir.http.route.Route;
import io.weir.http.route.Target;
import io.weir.net.transport.Worker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one exchange through the filters of its route. Steps are made when they are first needed, and kept for
 * later exchanges. Where all of them look at heads only and none pauses, heads pass in two loops and bodies do not pass
 * here at all; else everything does, by a {@link Crossing}. Serves one exchange after another; belongs to one worker.
 */
final class FilterPass implements FilterExchange, Crossing.Outside {
    private static final Logger LOG = LoggerFactory.getLogger(FilterPass.class);
    private static final FilterStep[] NONE = {};

    private final Exchange exchange;
    private final Downstream downstream;
    private final FilterChains chains;
    private final ConnectionMemory connection;
    private final StepChains made;
    private @Nullable Crossing crossing;
    private final Remarks remarks;
    private final Calls toHost = new Calls(false);
    private final Calls toClient = new Calls(true);
    private @Nullable FilterTimes clock;
    private @Nullable FilterTimes times;
    private StepChains.Chain chain = StepChains.Chain.NONE;
    private FilterStep[] steps = NONE;
    /** Everything of this exchange takes the crossing. */
    private boolean crosses;
    /** How many steps have heard of the request. */
    private int reached;
    private boolean complete;

    FilterPass(Exchange exchange, Downstream downstream, FilterChains chains, ConnectionMemory connection) {
        this.exchange = exchange;
        this.downstream = downstream;
        this.chains = chains;
        this.connection = connection;
        this.made = new StepChains(chains, this);
        this.remarks = new Remarks(connection);
    }

    /** Nothing has been passed of the exchange that begins. */
    void clear() {
        chain = StepChains.Chain.NONE;
        steps = NONE;
        crosses = false;
        reached = 0;
        complete = false;
        remarks.clear();
        if (times != null) {
            time(null);
        }
    }

    /** What filters say of the exchange. */
    Remarks remarks() {
        return remarks;
    }

    /** Takes the time of the exchange at hand; null: of none. */
    private void time(@Nullable FilterTimes its) {
        times = its;
        toHost.time(its);
        toClient.time(its);
        exchange.record().times(its);
    }

    private void timed() {
        var its = clock;
        if (its == null) {
            its = new FilterTimes(worker()::nowNanos);
            clock = its;
        }
        its.begin(chains.numbers(chain.names()));
        time(its);
    }

    /** Whether bodies pass here. */
    boolean crosses() {
        return crosses;
    }

    /** How many bytes wait at filters, or are kept by them. For rare events. */
    long heldBytes() {
        var both = crossing;
        long bytes = both == null ? 0 : both.heldBytes();
        for (var step : steps) {
            bytes += step instanceof BodyStep body ? body.heldBytes() : 0;
        }
        return bytes;
    }

    private Crossing crossing() {
        var both = crossing;
        if (both == null) {
            both = new Crossing(new ChainEnds.ToHost(exchange, downstream),
                    new ChainEnds.ToClient(exchange, downstream), this);
            crossing = both;
        }
        return both;
    }

    // ---- the request ----

    /** Asks each filter of a chain until one answers or pauses; what follows is told to the exchange. */
    void requestHead(int number, HttpHead request, boolean last) {
        if (chains.isEmpty(number)) {
            exchange.requestPassed(request, last);
            return;
        }
        chain = made.of(number);
        steps = chain.steps();
        if (chains.timed()) {
            timed();
        }
        if (chain.bodies()) {
            crossingBegins();
            crossing().request().head(request, last);
            return;
        }
        while (reached < steps.length) {
            int i = reached++;
            switch (toHost.head(steps[i], i, request, last)) {
                case Flow.Next _ -> {
                    if (exchange.actions().strays(request)) {
                        bend(request, reached);
                        if (chain.bodies()) {
                            crossingBegins();
                            crossing().request().head(reached, request, last);
                            return;
                        }
                    }
                }
                case Flow.Pause _ -> {
                    crossingBegins();
                    crossing().request().paused(i, request, last);
                    return;
                }
                case Flow.Reply reply -> {
                    exchange.answer(reply);
                    return;
                }
            }
        }
        exchange.requestPassed(request, last);
    }

    /** The request belongs to another route: of its filters those are asked next that have not been. */
    private void bend(HttpHead request, int heard) {
        chain = made.bent(chain, heard, exchange.actions().pass(request));
        steps = chain.steps();
        if (times != null) {
            times.goOn(chains.numbers(chain.names()));
        }
    }

    @Override
    public FilterStep @Nullable [] onward() {
        var request = exchange.request();
        if (request == null || !exchange.actions().strays(request)) {
            return null;
        }
        bend(request, heard());
        return steps;
    }

    private void crossingBegins() {
        crosses = true;
        exchange.timeouts().arm(); // a paused request has no other clock yet
        crossing().time(times);
        crossing().request().begin(steps, 0, false);
    }

    /** No more of this exchange passes here: its response's head has, and what follows is no body. */
    void done() {
        if (crosses) {
            reached = heard();
            crosses = false;
            crossing().clear();
        }
    }

    /** Body bytes, which belong to the pass. */
    void requestData(ByteBuf data, boolean last) {
        crossing().request().data(data, last);
    }

    void requestTrailers(HttpHead trailers) {
        crossing().request().trailers(trailers);
    }

    /** The host takes bytes, or takes no more. */
    void hostTakes(boolean more) {
        if (crosses) {
            crossing().request().takes(more);
        } else {
            downstream.readable(more);
        }
    }

    /** Whether the request's body has become another one than the client's. */
    boolean altered() {
        return crosses && crossing().request().altered();
    }

    /** Whether a chain has filters. One that sees no body may move the request to a chain that does. */
    boolean any(int number) {
        return !chains.isEmpty(number);
    }

    /**
     * The body of a request that begins anew comes once more, as from its client, and belongs to the pass.
     *
     * @param wanted
     *            whether its request is still the one at hand
     */
    void requestBody(Replay.Body body, boolean wanted) {
        var pieces = body.pieces();
        var trailers = body.trailers();
        boolean passes = wanted && crosses;
        int mine = passes ? crossing().request().turn() : -1;
        for (int i = 0; i < pieces.size(); i++) {
            passes = passes && crossing().request().turn() == mine;
            if (passes) {
                crossing().request().data(pieces.get(i), trailers == null && i == pieces.size() - 1);
            } else {
                pieces.get(i).release(); // it has been answered meanwhile
            }
        }
        if (trailers != null && passes && crossing().request().turn() == mine) {
            crossing().request().trailers(trailers);
        }
    }

    // ---- the response ----

    /** A host's final head; it reaches the exchange's client when the filters have let it pass. */
    void responseHead(HttpHead response, boolean last) {
        if (crosses) {
            var way = crossing().response();
            way.begin(steps, heard() - 1, true);
            way.head(response, last);
            return;
        }
        for (int i = reached - 1; i >= 0; i--) {
            toClient.head(steps[i], i, response, last);
        }
        exchange.responseHeadPassed(response, last);
    }

    /** Body bytes, which belong to the pass. */
    void responseData(ByteBuf data, boolean last) {
        crossing().response().data(data, last);
    }

    /** The response's end. */
    void responseTrailers(HttpHead trailers) {
        if (crosses) {
            crossing().response().trailers(trailers);
            return;
        }
        for (int i = reached - 1; i >= 0; i--) {
            toClient.end(steps[i], i, trailers);
        }
        exchange.responseTrailersPassed(trailers);
    }

    /** Weir's own answer, instead of one that waits at a filter, if there is one. The body belongs to the pass. */
    void answer(HttpHead head, ByteBuf body) {
        boolean last = !body.isReadable();
        if (!crosses) {
            responseHead(head, last);
            if (!last && exchange.active()) {
                exchange.responseDataPassed(body, true);
            } else {
                body.release();
            }
            return;
        }
        var both = crossing();
        both.request().close();
        var way = both.response();
        int from = way.open() ? way.heard() - 1 : heard() - 1;
        way.begin(steps, from, true);
        int turn = way.turn();
        both.enter();
        try {
            way.head(head, last);
            if (!last && way.turn() == turn) {
                way.data(body, true);
            } else {
                body.release();
            }
        } finally {
            both.leave();
        }
        both.settle();
    }

    private int heard() {
        return crosses ? crossing().request().heard() + 1 : reached;
    }

    /** The client takes bytes again; false when it is for the host to hear of it. */
    boolean clientTakes() {
        if (!crosses || !crossing().response().open()) {
            return false;
        }
        crossing().response().takes(true);
        return true;
    }

    /**
     * The exchange is over.
     *
     * @param whole
     *            whether the response went out to its end
     */
    void ended(boolean whole, long nowNanos) {
        complete = whole;
        reached = heard();
        if (crosses) {
            crossing().clear();
        }
        var timer = times;
        while (reached > 0) {
            reached--;
            long before = timer == null ? 0 : timer.enter(reached);
            try {
                steps[reached].ended(nowNanos);
            } catch (RuntimeException bug) { // costs the others nothing: they hold places in limits
                LOG.error("a filter failed at the end of a request", bug);
            }
            if (timer != null) {
                timer.leave(before);
            }
        }
        if (timer != null) {
            timer.ended();
        }
    }

    // ---- what a crossing asks for ----

    @Override
    public void flush() {
        exchange.flush();
    }

    @Override
    public void failed(RuntimeException bug) {
        LOG.error("a filter failed; its request is given up", bug);
        exchange.giveUp(EarlyEnd.failed("filter_failed"));
    }

    // ---- what filters ask for ----

    @Override
    public Passage requestPassage() {
        return crossing().request();
    }

    @Override
    public Passage responsePassage() {
        return crossing().response();
    }

    @Override
    public void answer(Flow.Reply reply) {
        if (exchange.active()) {
            var both = crossing();
            both.enter();
            try {
                exchange.answer(reply);
            } finally {
                both.leave();
            }
            both.flushes();
            both.settle();
        }
    }

    @Override
    public void flag(long bits) {
        exchange.response().note(exchange.response().details(), bits);
    }

    @Override
    public DynamicMetadata metadata() {
        return remarks.metadata();
    }

    @Override
    public FilterState state() {
        return remarks.state();
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
        exchange.actions().follow();
        return exchange.actions().route();
    }

    @Override
    public @Nullable Target target() {
        exchange.actions().follow();
        return exchange.actions().target();
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
        return exchange.response().status();
    }

    @Override
    public boolean fromHost() {
        return exchange.attempts().answered() && !exchange.response().local();
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

    @Override
    public void reroute() {
        exchange.actions().again();
    }
}
