package io.weir.http.proxy;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HopByHop;
import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.route.Direct;
import io.weir.http.route.Route;
import io.weir.http.tunnel.UpgradeRules;
import io.weir.observe.log.ResponseFlag;
import org.jspecify.annotations.Nullable;

/** Requests that Weir answers itself whatever the routes say, because they ask what no route can give. Stateless. */
final class FirstLook {
    /** What a tunnel, an upgrade or a request without host is answered. */
    record Refusal(int status, String details, long flags, @Nullable String allow) {
        /** The head that says so, to be given back. */
        HttpHead answer(Heads heads) {
            var head = heads.answer(status);
            if (allow != null) {
                head.add(ALLOW, allow);
            }
            return head;
        }
    }

    private static final HeaderName ALLOW = HeaderName.of("allow");
    private static final HeaderName MAX_FORWARDS = HeaderName.of("max-forwards");
    private static final String ALLOWED = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private static final Refusal OLD = new Refusal(426, "low_version", ResponseFlag.DPE.bit(), null);
    private static final Refusal NO_HOST = new Refusal(400, "missing_host_header", ResponseFlag.DPE.bit(), null);
    private static final Refusal UPGRADE = new Refusal(403, "upgrade_failed", 0, null);
    private static final Refusal OPTIONS = new Refusal(200, "max_forwards_reached", 0, ALLOWED);
    /** A trace shows whoever can have it sent what fields it carried, cookies too: so none is reflected. */
    private static final Refusal TRACE = new Refusal(405, "max_forwards_reached", 0, ALLOWED);

    private FirstLook() {}

    /** The answer to such a request; null for all others, whose Max-Forwards is then one less. */
    static @Nullable Refusal at(HttpHead head, HttpManagerSpec spec) {
        if (head.minorVersion() == 0 && !spec.http10().accept()) {
            return OLD;
        }
        if (head.authorityStart() == head.authorityEnd() && !defaultHost(head, spec)) {
            return NO_HOST;
        }
        if (head.minorVersion() > 0 && !head.tunnel() && HopByHop.asksForUpgrade(head)) {
            return UPGRADE;
        }
        if (head.methodIs("OPTIONS")) {
            return lastHop(head) ? OPTIONS : null;
        }
        return head.methodIs("TRACE") && lastHop(head) ? TRACE : null;
    }

    /** The answer to a request for a tunnel that may not be had; null for all others. */
    static @Nullable Refusal tunnel(HttpHead head, ProxyContext context, @Nullable Route route) {
        if (!head.tunnel() || allowed(head, context.spec(), route)) {
            return null;
        }
        if (route == null && head.methodIs("CONNECT")) {
            return null; // that there is no route says more
        }
        context.stats().rqUpgradeRefused.increment();
        return UPGRADE;
    }

    private static boolean allowed(HttpHead head, HttpManagerSpec spec, @Nullable Route route) {
        // An answer of Weir's own may not open a tunnel, which would lead nowhere.
        boolean opens = head.methodIs("CONNECT") && route != null && route.action() instanceof Direct direct
                && direct.status() / 100 == 2;
        return !opens && UpgradeRules.allow(spec.upgrades(), route, head);
    }

    /** Only HTTP/1.0 may leave out the host (RFC 9112 section 3.2); the configuration may name one for it. */
    private static boolean defaultHost(HttpHead head, HttpManagerSpec spec) {
        String host = spec.http10().defaultHost();
        if (host == null) {
            return false;
        }
        head.authority(host);
        return true;
    }

    /**
     * Whether the request may go no further than here; else it may go one hop less far (RFC 9110 section 7.6.2). What
     * is no number is left as it is.
     */
    private static boolean lastHop(HttpHead head) {
        String text = head.value(MAX_FORWARDS);
        if (text == null || text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        long hops = text.length() > 18 ? Long.MAX_VALUE : Long.parseLong(text);
        if (hops > 0) {
            head.set(MAX_FORWARDS, Long.toString(hops - 1));
        }
        return hops == 0;
    }
}
