package io.weir.http.proxy;

import io.weir.http.codec.HttpHead;
import io.weir.http.control.RequestControls;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Direct;
import io.weir.http.route.Forward;
import io.weir.http.route.Redirect;
import io.weir.http.route.Route;
import io.weir.http.route.Target;
import io.weir.http.tally.Tally;
import io.weir.observe.log.ResponseFlag;
import org.jspecify.annotations.Nullable;

/**
 * A request's route, and what it does once the request has passed the filters: it is answered, or handed to
 * {@link Attempts}. Serves one exchange after another; belongs to one worker.
 */
final class RouteActions {
    private final Exchange exchange;
    private final ProxyContext context;
    private final LocalAnswers answers;
    private @Nullable Route route;
    private @Nullable Target target;
    private final Tally tally = new Tally();
    private long random;
    /** Whether filters can change the route by what they say. */
    private final boolean follows;
    /** What they had said when it was found. */
    private int heard;
    /** The route does what it says, and stays. */
    private boolean acts;
    /** It is another one than that whose filters the request passes, or may be. */
    private boolean moved;
    /** Whose filters the request passes. */
    private int passed;

    RouteActions(Exchange exchange, ProxyContext context, LocalAnswers answers) {
        this.exchange = exchange;
        this.context = context;
        this.answers = answers;
        this.follows = context.spec().routes().saidByFilters();
    }

    /** An exchange begins, whose shares of weights fall as {@code dice} says. */
    void begin(long dice) {
        route = null;
        target = null;
        random = dice;
        tally.clear();
        acts = false;
        moved = false;
    }

    /** Finds the route of what the request's head is now. */
    void aim(HttpHead head) {
        aim(head, context.spec().routes().match(head, random, exchange.record()));
    }

    void aim(HttpHead head, @Nullable Route found) {
        route = found;
        target = found != null && found.action() instanceof Forward to
                ? to.choice().choose(head, dice(to, head))
                : null;
        acts = false;
        moved = false;
        heard = follows ? exchange.record().remarks().changes() : 0;
    }

    private long dice(Forward to, HttpHead head) {
        return to.choice() instanceof ClusterChoice.Weighted weighted && weighted.byHash()
                ? exchange.affinity().hash(to.hashKeys(), head, random)
                : random;
    }

    /** Finds the route anew. */
    void again() {
        var head = exchange.request();
        if (head != null && !acts) {
            aim(head);
            moved = true;
        }
    }

    /** Finds the route anew where it goes by what filters have said since: as late as it is asked for, but in time. */
    void follow() {
        if (follows && !acts && exchange.record().remarks().changes() != heard) {
            again();
        }
    }

    /** Null where none was found. */
    @Nullable
    Route route() {
        return route;
    }

    /** What the route forwards to, if anything. */
    @Nullable
    Target target() {
        return target;
    }

    /** Where the request counts. */
    Tally tally() {
        return tally;
    }

    /** The filters of the request, which it passes from here on. */
    int pass(HttpHead request) {
        passed = chain(request);
        return passed;
    }

    /** Whether its route has become one of other filters than those that it passes. */
    boolean strays(HttpHead request) {
        follow();
        return moved && chain(request) != passed;
    }

    /** The filters of the request as its route is now. */
    int chain(HttpHead request) {
        var chosen = target;
        var found = route;
        int chain = chosen != null ? chosen.chain() : found != null ? found.chain() : Route.OUTERMOST;
        return request.tunnel() ? context.chains().forTunnel(chain, request) : chain;
    }

    /**
     * Does what the route says.
     *
     * @param nowNanos
     *            when the filters had done with the request's head
     */
    void act(HttpHead head, long nowNanos) {
        follow();
        acts = true;
        var found = route;
        var chosen = target;
        if (moved && answers.tunnelRefused(head, found)) {
            return;
        }
        if (found == null) {
            answers.reply(404, "", "route_not_found", ResponseFlag.NR.bit());
            return;
        }
        switch (found.action()) {
            case Direct direct -> answers.send(direct.status(), direct.body(), "direct_response", 0);
            case Redirect redirect -> answers.redirect(redirect.status(),
                    redirect.location(head, exchange.headerPolicy().scheme()), "direct_response");
            case Forward forward -> forward(head, found, RequestControls.applied(forward, head), chosen, nowNanos);
        }
    }

    private void forward(HttpHead head, Route found, Forward forward, @Nullable Target chosen, long nowNanos) {
        context.tallies().begin(tally, found, head);
        var cluster = chosen == null ? null : exchange.affinity().cluster(context.clusters(), chosen.cluster());
        if (chosen == null || cluster == null) {
            answers.reply(forward.clusterNotFoundStatus(), "", "cluster_not_found", ResponseFlag.NC.bit());
            return;
        }
        if (answers.kept()) {
            return;
        }
        var timeouts = exchange.timeouts();
        timeouts.routed(forward, found, head);
        forward.prepare(head, chosen, exchange.record(), !context.spec().suppressEnvoyHeaders());
        exchange.headerPolicy().upstream(head, timeouts.routeNanos());
        var attempts = exchange.attempts();
        int mine = attempts.turn();
        boolean ownFilters = head.tunnel() && context.chains().forTunnel(chosen.chain(), head) != chosen.chain();
        attempts.begin(head, cluster, forward, ownFilters ? chosen.streamed() : chosen, nowNanos);
        if (mine == attempts.turn() && exchange.active() && exchange.requestComplete()) {
            timeouts.requestComplete(nowNanos);
        }
    }

    /** What the route changes in a host's response. */
    void edit(HttpHead response) {
        var chosen = target;
        if (chosen != null) {
            chosen.responseEdits().apply(response, exchange.record());
        }
    }
}
