package io.weir.http.config.tries;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.InternalRedirectPolicy;
import io.envoyproxy.envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig;
import io.weir.http.codec.HeaderName;
import io.weir.http.config.tree.PackedReader;
import io.weir.http.control.RedirectRule;
import io.weir.http.route.HeaderEdits;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads which redirects of hosts are followed in the client's stead. */
final class InternalRedirectReader {
    private static final List<Integer> STATUSES = List.of(301, 302, 303, 307, 308);

    /** How the next request is framed, and whom it is for, is not for an answer to say. */
    private static final Set<String> FIXED = Set.of("host", "content-length", "transfer-encoding", "connection",
            "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "http2-settings", "expect");

    private InternalRedirectReader() {}

    static RedirectRule rule(InternalRedirectPolicy message, ReadContext context) {
        long most = message.hasMaxInternalRedirects()
                ? Integer.toUnsignedLong(message.getMaxInternalRedirects().getValue())
                : 1;
        if (most > RedirectRule.REDIRECTS_MAX) {
            context.problem("max_internal_redirects", String.valueOf(most), "so many in a row are no way to a host",
                    "write " + RedirectRule.REDIRECTS_MAX + " or less");
        }
        Set<Integer> statuses = new HashSet<>(message.getRedirectResponseCodesList());
        for (int status : message.getRedirectResponseCodesList()) {
            if (!STATUSES.contains(status)) {
                context.problem("redirect_response_codes", String.valueOf(status), "no redirect has this status",
                        "use 301, 302, 303, 307 or 308");
            }
        }
        boolean safe = false;
        boolean fresh = false;
        Set<String> routes = null;
        for (int i = 0; i < message.getPredicatesCount(); i++) {
            TypedExtensionConfig predicate = message.getPredicates(i);
            String type = PackedReader.type(predicate.getTypedConfig());
            if (type.endsWith(".SafeCrossSchemeConfig")) {
                safe = true;
            } else if (type.endsWith(".PreviousRoutesConfig")) {
                fresh = true;
            } else if (type.endsWith(".AllowListedRoutesConfig")) {
                routes = both(routes, allowed(predicate.getTypedConfig(), context.at("predicates", i)));
            } else {
                context.problem("predicates[" + i + "].typed_config", type, "Weir knows no such predicate",
                        "use allow_listed_routes, previous_routes or safe_cross_scheme");
            }
        }
        return new RedirectRule((int) Math.min(most, RedirectRule.REDIRECTS_MAX),
                statuses.isEmpty() ? Set.of(302) : statuses, message.getAllowCrossSchemeRedirect(), safe, fresh, routes,
                copied(message, context));
    }

    private static Set<String> allowed(Any config, ReadContext at) {
        var message = PackedReader.unpack(config, AllowListedRoutesConfig.parser(), at.at("typed_config"));
        return message == null ? Set.of() : Set.copyOf(message.getAllowedRouteNamesList());
    }

    /** Every predicate has to agree. */
    private static Set<String> both(@Nullable Set<String> before, Set<String> also) {
        var result = new HashSet<>(also);
        if (before != null) {
            result.retainAll(before);
        }
        return result;
    }

    private static List<HeaderName> copied(InternalRedirectPolicy message, ReadContext context) {
        var names = new ArrayList<HeaderName>();
        for (String name : message.getResponseHeadersToCopyList()) {
            if (HeaderEdits.isName(name, false) && !FIXED.contains(name.toLowerCase(Locale.ROOT))) {
                names.add(HeaderName.of(name));
            } else {
                context.problem("response_headers_to_copy", name, "this field cannot be copied",
                        "name a header that is no part of how messages are framed, nor host");
            }
        }
        return names;
    }
}
