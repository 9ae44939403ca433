package io.weir.http.config;

import io.weir.http.overload.AdmissionReader;
import io.weir.http.overload.ConcurrencyReader;
import io.weir.xds.compile.Extensions;

/** What this module adds to the configuration that Weir understands. */
public final class HttpExtensions {
    private static final String HONOURED = "/io/weir/http/honoured.txt";
    private static final String DEFAULTS = "/io/weir/http/defaults.yaml";

    private HttpExtensions() {}

    /** The connection manager, the router and the options of upstream connections beside what is known already. */
    public static Extensions addTo(Extensions extensions) {
        return extensions.with(new HttpManagerReader(), new RouterReader(), new UpstreamHttpReader(),
                new BufferReader(), new BufferPerRouteReader(), new AdmissionReader(), new ConcurrencyReader(),
                new LocalRateLimitReader(), new HttpCheckReader(), new GrpcCheckReader(),
                new HealthFilterReader()).with(StatefulSessionReaders.all())
                .withHonoured(HttpExtensions.class, HONOURED).withDefaults(HttpExtensions.class, DEFAULTS);
    }
}
