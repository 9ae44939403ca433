package io.weir.filters.cors;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.route.Forward;
import org.jspecify.annotations.Nullable;

/**
 * CORS at one connection. As in Envoy, only routes that forward have it: what Weir itself redirects or says is for
 * whoever asks.
 */
final class CorsStep implements FilterStep {
    private static final HeaderName ORIGIN = HeaderName.of("origin");
    private static final HeaderName REQUEST_METHOD = HeaderName.of("access-control-request-method");
    private static final HeaderName REQUEST_HEADERS = HeaderName.of("access-control-request-headers");
    private static final HeaderName REQUEST_PRIVATE = HeaderName.of("access-control-request-private-network");
    private static final HeaderName ALLOW_ORIGIN = HeaderName.of("access-control-allow-origin");
    private static final HeaderName ALLOW_CREDENTIALS = HeaderName.of("access-control-allow-credentials");
    private static final HeaderName ALLOW_METHODS = HeaderName.of("access-control-allow-methods");
    private static final HeaderName ALLOW_HEADERS = HeaderName.of("access-control-allow-headers");
    private static final HeaderName ALLOW_PRIVATE = HeaderName.of("access-control-allow-private-network");
    private static final HeaderName EXPOSE_HEADERS = HeaderName.of("access-control-expose-headers");
    private static final HeaderName MAX_AGE = HeaderName.of("access-control-max-age");
    private static final Flow.Reply PREFLIGHT = new Flow.Reply(200, new byte[0], "cors_response", 0);

    private final CorsSpec spec;
    private final CorsSpec.Numbers numbers;
    private final FilterExchange exchange;
    private boolean preflight;
    /** The origin that may read; the request's own field may be gone when the answer comes. */
    private @Nullable String allowed;
    /** What a preflight asks for, as the answer repeats it; null where it asks for none. */
    private @Nullable String methods;
    private @Nullable String headers;
    private boolean privateNetwork;

    CorsStep(CorsSpec spec, CorsSpec.Numbers numbers, FilterExchange exchange) {
        this.spec = spec;
        this.numbers = numbers;
        this.exchange = exchange;
    }

    @Override
    public Flow requestHead(HttpHead request) {
        preflight = false;
        allowed = null;
        int origin = request.find(ORIGIN);
        if (origin < 0 || request.valueStart(origin) == request.valueEnd(origin)) {
            return Flow.NEXT;
        }
        var route = exchange.route();
        if (route == null || !(route.action() instanceof Forward)) {
            return Flow.NEXT;
        }
        long random = exchange.worker().random().nextLong();
        boolean enabled = spec.enabled().takes(random);
        if (!enabled && !spec.shadow().takes(random)) {
            return Flow.NEXT;
        }
        boolean may = spec.allows(request.bytes(), request.valueStart(origin), request.valueEnd(origin));
        (may ? numbers.originValid() : numbers.originInvalid()).increment();
        if (!enabled) {
            return Flow.NEXT;
        }
        allowed = may ? request.value(origin) : null;
        int method = request.find(REQUEST_METHOD);
        if (!request.methodIs("OPTIONS") || method < 0 || request.valueStart(method) == request.valueEnd(method)
                || (!may && spec.forwardsNotMatching())) {
            return Flow.NEXT;
        }
        preflight = true;
        methods = spec.allowMethods().equals("*") ? request.value(method) : spec.allowMethods();
        headers = spec.allowHeaders().equals("*") ? request.value(REQUEST_HEADERS) : spec.allowHeaders();
        privateNetwork = spec.privateNetwork() && "true".equals(request.value(REQUEST_PRIVATE));
        return PREFLIGHT;
    }

    @Override
    public void responseHead(HttpHead response) {
        var origin = allowed;
        if (origin != null) {
            response.set(ALLOW_ORIGIN, origin);
        }
        if (!preflight) {
            if (origin != null) {
                credentials(response);
                say(response, EXPOSE_HEADERS, spec.exposeHeaders());
            }
            return;
        }
        credentials(response);
        say(response, ALLOW_METHODS, methods);
        say(response, ALLOW_HEADERS, headers);
        say(response, MAX_AGE, spec.maxAge());
        say(response, ALLOW_PRIVATE, privateNetwork ? "true" : null);
    }

    private void credentials(HttpHead response) {
        say(response, ALLOW_CREDENTIALS, spec.credentials() ? "true" : null);
    }

    private static void say(HttpHead response, HeaderName name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            response.set(name, value);
        }
    }
}
