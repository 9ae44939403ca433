package io.weir.filters.cache;

import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.extensions.filters.http.cache.v3.CacheConfig;
import io.weir.filters.cache.rules.KeyRules;
import io.weir.http.config.TextReader;
import io.weir.http.route.match.TextMatch;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the cache filter; a level of the routes has the same message, which replaces what holds outside. */
public final class CacheReader implements ExtensionReader<CacheConfig, CacheSpec> {
    @Override
    public CacheConfig prototype() {
        return CacheConfig.getDefaultInstance();
    }

    @Override
    public Class<CacheSpec> kind() {
        return CacheSpec.class;
    }

    @Override
    public @Nullable CacheSpec read(CacheConfig config, ReadContext context) {
        if (config.getDisabled().getValue()) {
            return CacheSpec.OFF;
        }
        if (!config.hasTypedConfig()) {
            context.problem("typed_config", "", "it is not said where responses are kept",
                    "name a cache, such as envoy.extensions.http.cache.simple_http_cache.v3.SimpleHttpCacheConfig");
            return null;
        }
        var place = context.extension("typed_config", config.getTypedConfig(), CacheSpec.Place.class);
        var vary = new ArrayList<TextMatch>();
        for (int i = 0; i < config.getAllowedVaryHeadersCount(); i++) {
            var match = TextReader.text(config.getAllowedVaryHeaders(i), context.at("allowed_vary_headers", i));
            if (match != null) {
                vary.add(match);
            }
        }
        var params = config.getKeyCreatorParams();
        var at = context.at("key_creator_params");
        var key = new KeyRules(params.getExcludeScheme(), params.getExcludeHost(),
                parameters("query_parameters_included", params.getQueryParametersIncludedList(), at),
                parameters("query_parameters_excluded", params.getQueryParametersExcludedList(), at));
        long bodyBytesMax = config.getMaxBodyBytes() == 0
                ? Long.MAX_VALUE // what the place allows
                : Integer.toUnsignedLong(config.getMaxBodyBytes());
        return place == null
                ? null
                : new CacheSpec(place, vary, key, bodyBytesMax, !config.getIgnoreRequestCacheControlHeader(),
                        CacheSpec.Patience.DEFAULT);
    }

    private static List<KeyRules.Parameter> parameters(String list, List<QueryParameterMatcher> messages,
            ReadContext context) {
        var rules = new ArrayList<KeyRules.Parameter>();
        for (int i = 0; i < messages.size(); i++) {
            var message = messages.get(i);
            switch (message.getQueryParameterMatchSpecifierCase()) {
                case STRING_MATCH -> {
                    var text = TextReader.text(message.getStringMatch(), context.at(list, i).at("string_match"));
                    if (text != null) {
                        rules.add(new KeyRules.Parameter(message.getName(), text));
                    }
                }
                case PRESENT_MATCH, QUERYPARAMETERMATCHSPECIFIER_NOT_SET -> {
                    if (message.hasPresentMatch() && !message.getPresentMatch()) {
                        context.problem(list + "[" + i + "].present_match", "false",
                                "a parameter that is not there can neither count nor not",
                                "write true, or leave it out");
                    }
                    rules.add(new KeyRules.Parameter(message.getName(), null));
                }
            }
        }
        return rules;
    }
}
