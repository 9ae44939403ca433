package io.weir.http.proxy;

import io.weir.core.stats.Counter;
import io.weir.http.codec.HeadCopy;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.codec.Location;
import io.weir.http.control.RedirectRule;
import io.weir.http.control.TryRules;
import io.weir.http.route.Route;
import io.weir.http.route.normal.RequestNormalizer.Verdict;
import io.weir.net.transport.Worker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Redirects of hosts that are followed in the client's stead: where each goes, and whether that is allowed. Those that
 * are not go to the client. Serves one exchange after another; belongs to one worker. Source: Envoy, "Internal
 * redirects".
 */
final class Redirects {
    private static final HeaderName ORIGINAL_URL = HeaderName.of("x-envoy-original-url");

    private final Exchange exchange;
    private final HttpStats stats;
    private final Worker worker;
    private final List<Route> been = new ArrayList<>(0);
    private int count;
    /** The request as it was before filters and route changed it; null: nobody may follow a redirect of its host. */
    private @Nullable HttpHead own;

    Redirects(Exchange exchange, HttpStats stats, Worker worker) {
        this.exchange = exchange;
        this.stats = stats;
        this.worker = worker;
    }

    /** Nothing is known of the exchange that begins. */
    void clear() {
        count = 0;
        been.clear();
        forget();
    }

    /** The request is over, or another one. */
    void forget() {
        var copy = own;
        own = null;
        if (copy != null) {
            Heads.of(worker).giveBack(copy);
        }
    }

    /** The request comes to its route's filters: as it is now it goes wherever its host may send it. */
    void remember(HttpHead request) {
        forget();
        if (mayFollow(request)) {
            var copy = Heads.of(worker).take();
            HeadCopy.request(request, copy);
            own = copy;
        }
    }

    /** Filters may yet move the request to any other route, and that one may have what its host says followed. */
    private boolean mayFollow(HttpHead request) {
        var context = exchange.context();
        if (!context.followsRedirects()) {
            return false;
        }
        Route route = exchange.actions().route();
        TryRules rules = route == null ? null : route.note(TryRules.class);
        return (rules != null && rules.redirects() != null)
                || !context.chains().isEmpty(exchange.actions().chain(request));
    }

    /** Whether the request at hand is at a host that another has named. */
    boolean any() {
        return count > 0;
    }

    /**
     * Follows a redirect: the request is then the one that it asks for, and its route is returned. Null: it is for the
     * client, and the request is as it was.
     */
    @Nullable
    Route follow(RedirectRule rule, HttpHead response, HttpHead request) {
        if (count >= rule.redirectsMax()) {
            return refused(stats.redirectTooMany);
        }
        Location to = Location.of(response.value(HeaderName.LOCATION));
        if (to == null) {
            return refused(stats.redirectBadLocation);
        }
        String scheme = exchange.headerPolicy().scheme();
        if (to.scheme() != null && !to.scheme().equals(scheme)
                && (!rule.crossScheme() || (rule.safeCrossScheme() && scheme.equals("https")))) {
            return refused(stats.redirectUnsafeScheme);
        }
        HttpHead probe = Heads.of(worker).take();
        try {
            HeadCopy.request(own == null ? request : own, probe);
            copied(rule, response, probe);
            return apply(rule, to, scheme, response, request, probe);
        } finally {
            Heads.of(worker).giveBack(probe);
        }
    }

    private @Nullable Route apply(RedirectRule rule, Location to, String scheme, HttpHead response, HttpHead request,
            HttpHead probe) {
        probe.path(to.path());
        if (to.authority() != null) {
            probe.authority(to.authority());
        }
        if (exchange.context().normalizer().apply(probe, exchange.headerPolicy().localPort()) != Verdict.ACCEPT) {
            return refused(stats.redirectBadLocation);
        }
        Route route = found(probe);
        if (route == null) {
            return refused(stats.redirectNoRoute);
        }
        Route from = exchange.actions().route();
        if (from != null) {
            been.add(from);
        }
        if ((rule.newRoutesOnly() && been(route))
                || (rule.routes() != null && !rule.routes().contains(route.name()))) {
            return refused(stats.redirectPredicate);
        }
        count++;
        var before = own;
        if (before != null) {
            request.clear();
            HeadCopy.request(before, request);
        }
        request.set(ORIGINAL_URL, scheme + "://" + request.authority() + request.path());
        copied(rule, response, request);
        request.path(probe.path());
        if (!request.authority().equals(probe.authority())) {
            request.authority(probe.authority());
        }
        if (response.status() == 303 && !Heads.bodyless(request)) { // RFC 9110 section 15.4.4
            if (!request.methodIs("HEAD")) {
                request.method("GET");
            }
            request.remove(HeaderName.CONTENT_LENGTH);
            request.remove(HeaderName.TRANSFER_ENCODING);
            request.framing(Framing.NONE, -1);
        }
        return route;
    }

    /** What filters said was of the request before; those of this one have not been asked yet. */
    private @Nullable Route found(HttpHead probe) {
        exchange.record().anew(true);
        try {
            return exchange.context().spec().routes().match(probe, worker.random().nextLong(), exchange.record());
        } finally {
            exchange.record().anew(false);
        }
    }

    @SuppressWarnings("ReferenceEquality") // a route is one, however like another it looks
    private boolean been(Route route) {
        for (Route one : been) {
            if (one == route) {
                return true;
            }
        }
        return false;
    }

    private static void copied(RedirectRule rule, HttpHead response, HttpHead request) {
        for (HeaderName name : rule.copied()) {
            String value = response.value(name);
            if (value == null) {
                request.remove(name);
            } else {
                request.set(name, value);
            }
        }
    }

    private static @Nullable Route refused(Counter why) {
        why.increment();
        return null;
    }
}
