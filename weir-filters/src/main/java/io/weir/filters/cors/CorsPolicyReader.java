package io.weir.filters.cors;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.weir.http.config.MatchReader;
import io.weir.http.config.TextReader;
import io.weir.http.route.match.RouteMatch.Share;
import io.weir.http.route.match.TextMatch;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a level of the routes says of CORS. */
public final class CorsPolicyReader implements ExtensionReader<CorsPolicy, CorsSpec> {
    @Override
    public CorsPolicy prototype() {
        return CorsPolicy.getDefaultInstance();
    }

    @Override
    public Class<CorsSpec> kind() {
        return CorsSpec.class;
    }

    @Override
    public CorsSpec read(CorsPolicy config, ReadContext context) {
        var enabled = config.hasFilterEnabled()
                ? MatchReader.share(config.getFilterEnabled().getDefaultValue())
                : Share.ALL; // as in Envoy: a policy that says nothing of it holds
        var shadow = config.hasShadowEnabled()
                ? MatchReader.share(config.getShadowEnabled().getDefaultValue())
                : CorsSpec.NEVER;
        var matchers = config.getAllowOriginStringMatchList();
        for (int i = 0; i < matchers.size(); i++) {
            if (matchers.get(i).getExact().equals("*") && config.getAllowCredentials().getValue()) {
                context.warning("allow_origin_string_match[" + i + "]", "*",
                        "scripts of every origin may read what only a user with cookies may see",
                        "name the origins, or set allow_credentials: false");
            }
        }
        return new CorsSpec(enabled, shadow, origins(matchers, context),
                value(config.getAllowMethods(), "allow_methods", context),
                value(config.getAllowHeaders(), "allow_headers", context),
                value(config.getExposeHeaders(), "expose_headers", context),
                value(config.getMaxAge(), "max_age", context),
                flag(config.hasAllowCredentials(), config.getAllowCredentials()),
                flag(config.hasAllowPrivateNetworkAccess(), config.getAllowPrivateNetworkAccess()),
                flag(config.hasForwardNotMatchingPreflights(), config.getForwardNotMatchingPreflights()));
    }

    private static List<TextMatch> origins(List<StringMatcher> matchers, ReadContext context) {
        var origins = new ArrayList<TextMatch>();
        for (int i = 0; i < matchers.size(); i++) {
            var origin = TextReader.text(matchers.get(i), context.at("allow_origin_string_match", i));
            if (origin != null) {
                origins.add(origin);
            }
        }
        return origins;
    }

    private static String value(String value, String field, ReadContext context) {
        TextReader.checkValue(value, field, context);
        return value;
    }

    private static @Nullable Boolean flag(boolean given, BoolValue value) {
        return given ? value.getValue() : null;
    }
}
