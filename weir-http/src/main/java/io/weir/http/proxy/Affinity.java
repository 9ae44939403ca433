package io.weir.http.proxy;

import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys;
import io.weir.core.hash.XxHash64;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.sticky.HashSource;
import io.weir.http.sticky.RequestHash;
import io.weir.http.sticky.SetCookie;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which host a request belongs to, as far as the request tells: its hash, worked out when a picker first asks and kept
 * for its retries, and the cookies that a client is given so that its next request belongs to the same host. Serves one
 * exchange after another; belongs to one worker.
 */
final class Affinity implements HashSource {
    private final Exchange exchange;
    private final Downstream downstream;
    private final RequestHash hash;
    private final List<String> cookies = new ArrayList<>(0);
    private HashKeys keys = HashKeys.NONE;
    private boolean givesCookies;
    private boolean computed;

    Affinity(Exchange exchange, Downstream downstream) {
        this.exchange = exchange;
        this.downstream = downstream;
        this.hash = new RequestHash(downstream.worker());
    }

    /**
     * Another request begins.
     *
     * @param route
     *            what its route hashes
     * @param cluster
     *            what its cluster hashes, which goes before it
     */
    void begin(HashKeys route, HashKeys cluster) {
        // keys of a cluster only look, as in Envoy: they may serve streams of bytes too
        givesCookies = cluster.isEmpty();
        keys = givesCookies ? route : cluster;
        computed = false;
        cookies.clear();
    }

    boolean hashed() {
        if (keys.isEmpty()) {
            return false;
        }
        if (!computed) {
            computed = true;
            HttpHead request = exchange.request();
            if (request == null) {
                throw new IllegalStateException("a pick without a request");
            }
            hash.compute(keys, request, this);
        }
        return hash.found();
    }

    long hash() {
        return hashed() ? hash.value() : 0;
    }

    /** A host has answered: the client gets its cookies. */
    void answered(HttpHead response) {
        for (int i = 0; i < cookies.size(); i++) {
            response.add(HeaderName.SET_COOKIE, cookies.get(i));
        }
    }

    @Override
    public byte[] clientIp() {
        return exchange.headerPolicy().remoteIp();
    }

    /**
     * The same for all requests of one connection that come before the first answer, so that they go to one host: from
     * both ends' addresses, as in Envoy.
     */
    @Override
    public @Nullable String made(HashKey.Cookie cookie) {
        HashKey.MadeCookie made = cookie.made();
        if (made == null || !givesCookies) {
            return null;
        }
        String ends = Addresses.text(downstream.remoteAddress()) + Addresses.text(downstream.localAddress());
        String value = HexFormat.of().toHexDigits(XxHash64.of(ends));
        cookies.add(SetCookie.text(cookie.name(), value, made));
        return value;
    }
}
