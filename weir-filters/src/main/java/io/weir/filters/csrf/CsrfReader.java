package io.weir.filters.csrf;

import io.envoyproxy.envoy.extensions.filters.http.csrf.v3.CsrfPolicy;
import io.weir.http.config.MatchReader;
import io.weir.http.config.TextReader;
import io.weir.http.route.match.RouteMatch.Share;
import io.weir.http.route.match.TextMatch;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;

/** Reads the CSRF filter; a level of the routes has the same message, which replaces what is outside. */
public final class CsrfReader implements ExtensionReader<CsrfPolicy, CsrfSpec> {
    @Override
    public CsrfPolicy prototype() {
        return CsrfPolicy.getDefaultInstance();
    }

    @Override
    public Class<CsrfSpec> kind() {
        return CsrfSpec.class;
    }

    @Override
    public CsrfSpec read(CsrfPolicy config, ReadContext context) {
        var origins = new ArrayList<TextMatch>();
        for (int i = 0; i < config.getAdditionalOriginsCount(); i++) {
            var origin = TextReader.text(config.getAdditionalOrigins(i), context.at("additional_origins", i));
            if (origin != null) {
                origins.add(origin);
            }
        }
        return new CsrfSpec(MatchReader.share(config.getFilterEnabled().getDefaultValue()),
                config.hasShadowEnabled()
                        ? MatchReader.share(config.getShadowEnabled().getDefaultValue())
                        : new Share(0, 100),
                origins);
    }
}
