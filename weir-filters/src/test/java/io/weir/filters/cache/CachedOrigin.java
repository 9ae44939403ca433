package io.weir.filters.cache;

import io.weir.filters.FilteredProxy;
import io.weir.http.filter.ChainSpec;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import java.io.IOException;

/** An origin behind a proxy with a cache. */
final class CachedOrigin implements AutoCloseable {
    static final String CACHE = "envoy.extensions.filters.http.cache.v3.CacheConfig";
    static final String MEMORY = "typed_config: "
            + FilteredProxy.typed("envoy.extensions.http.cache.simple_http_cache.v3.SimpleHttpCacheConfig", "");

    final Origin origin;
    final ProxyFixture proxy;

    CachedOrigin(String config, Origin.Script script) {
        this(config, CacheSpec.Patience.DEFAULT, script);
    }

    CachedOrigin(String config, CacheSpec.Patience patience, Origin.Script script) {
        origin = Origin.start(script);
        var spec = FilteredProxy.filter(CACHE, config).accepted();
        proxy = ProxyFixture.with(cluster -> cluster, spec.withChains(spec.chains().stream().map(chain -> new ChainSpec(
                chain.filters().stream().map(filter -> waiting(filter, patience)).toList())).toList()), origin);
    }

    private static HttpFilterSpec waiting(HttpFilterSpec filter, CacheSpec.Patience patience) {
        return filter instanceof CacheSpec cache
                ? new CacheSpec(cache.place(), cache.allowedVary(), cache.key(), cache.bodyBytesMax(),
                        cache.heedsRequests(), patience)
                : filter;
    }

    /** In memory, with Vary allowed for two fields. */
    static CachedOrigin of(Origin.Script script) {
        return of(CacheSpec.Patience.DEFAULT, script);
    }

    /** The same for who waits so long. */
    static CachedOrigin of(CacheSpec.Patience patience, Origin.Script script) {
        return new CachedOrigin(MEMORY + ", allowed_vary_headers: [ { exact: accept }, { exact: cookie } ]", patience,
                script);
    }

    /** An origin that answers 200 with these lines and a body that counts. */
    static CachedOrigin saying(String... lines) {
        var count = new java.util.concurrent.atomic.AtomicInteger();
        return of((request, wire) -> wire.send(response("200 OK", "body" + count.incrementAndGet(), lines)));
    }

    static String response(String status, String body, String... lines) {
        var text = new StringBuilder("HTTP/1.1 " + status + "\r\n");
        for (String line : lines) {
            text.append(line).append("\r\n");
        }
        return text + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    HttpMessage get(String path, String... lines) throws IOException {
        return ask("GET", path, lines);
    }

    HttpMessage ask(String method, String path, String... lines) throws IOException {
        var text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: shop.example\r\n");
        for (String line : lines) {
            text.append(line).append("\r\n");
        }
        try (var client = proxy.client()) {
            return client.send(text + "\r\n").responseTo(method);
        }
    }

    int asked() {
        return origin.requests().size();
    }

    long count(String name) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test").child("cache")
                .counter(name).value();
    }

    @Override
    public void close() {
        proxy.close();
        origin.close();
    }
}
