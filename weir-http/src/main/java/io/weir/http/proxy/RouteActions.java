package io.weir.http.proxy;

import io.weir.http.codec.HttpHead;
import io.weir.http.control.RequestControls;
import io.weir.http.route.Direct;
import io.weir.http.route.Forward;
import io.weir.http.route.Redirect;
import io.weir.http.route.Route;
import io.weir.http.route.Target;
import io.weir.observe.log.ResponseFlag;
import org.jspecify.annotations.Nullable;

/**
 * What a route does with a request that has passed the filters: it is answered, or handed to {@link Attempts}. Serves
 * one exchange after another; belongs to one worker.
 */
final class RouteActions {
    private final Exchange exchange;
    private final ProxyContext context;
    private final LocalAnswers answers;

    RouteActions(Exchange exchange, ProxyContext context, LocalAnswers answers) {
        this.exchange = exchange;
        this.context = context;
        this.answers = answers;
    }

    /**
     * Does it.
     *
     * @param found
     *            null where no route was found
     * @param chosen
     *            what the route forwards to, if anything
     * @param nowNanos
     *            when the filters had done with the request's head
     */
    void act(HttpHead head, @Nullable Route found, @Nullable Target chosen, long nowNanos) {
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
        var cluster = chosen == null ? null : exchange.affinity().cluster(context.clusters(), chosen.cluster());
        if (chosen == null || cluster == null) {
            answers.reply(forward.clusterNotFoundStatus(), "", "cluster_not_found", ResponseFlag.NC.bit());
            return;
        }
        var timeouts = exchange.timeouts();
        timeouts.routed(forward, found, head);
        forward.prepare(head, chosen, exchange.record(), !context.spec().suppressEnvoyHeaders());
        exchange.headerPolicy().upstream(head, timeouts.routeNanos());
        exchange.attempts().begin(head, cluster, forward, chosen, nowNanos);
        if (exchange.active() && exchange.requestComplete()) {
            timeouts.requestComplete(nowNanos);
        }
    }

    /** What the route changes in a host's response. */
    void edit(HttpHead response, @Nullable Target chosen) {
        if (chosen != null) {
            chosen.responseEdits().apply(response, exchange.record());
        }
    }
}
