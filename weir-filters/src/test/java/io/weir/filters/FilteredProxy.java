package io.weir.filters;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.weir.http.config.HttpExtensions;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.ReadManager;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import io.weir.xds.compile.Extensions;
import io.weir.xds.check.Honoured;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.Positions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection manager with filters of this module, read as Weir reads it.
 *
 * @param spec
 *            null after an error
 * @param problems
 *            as {@code SEVERITY path: value: message}
 */
public record FilteredProxy(@Nullable HttpManagerSpec spec, List<String> problems) {
    private static final String API = "type.googleapis.com/";

    private static final Honoured HONOURED = Honoured.core().with(HttpExtensions.class, "/io/weir/http/honoured.txt")
            .with(Extensions.class, "/io/weir/xds/honoured.txt")
            .with(FilterExtensions.class, "/io/weir/filters/honoured.txt");

    /** A whole connection manager. */
    public static FilteredProxy manager(String yaml) {
        var context = ReadContext.standalone(FilterExtensions.addTo(HttpExtensions.addTo(Extensions.basic())));
        var message = ReadManager.message(yaml, HttpConnectionManager.getDefaultInstance());
        var unheard = new ArrayList<Problem>();
        HONOURED.check(message, "", Positions.none(), unheard);
        assertThat(unheard).noneMatch(Problem::isError); // every field that a test sets may be set
        var any = Any.pack(message);
        var spec = context.extension("hcm", any, HttpManagerSpec.class);
        return new FilteredProxy(spec, context.problems().stream()
                .map(p -> p.severity() + " " + p.path() + ": " + p.value() + ": " + p.message()).toList());
    }

    /**
     * One filter named {@code f}, before routes to the cluster {@code origins}.
     *
     * @param type
     *            of its message
     * @param config
     *            its fields in flow style
     * @param host
     *            what the virtual host says besides, such as its {@code typed_per_filter_config}, or nothing
     * @param routes
     *            the list of routes
     */
    public static FilteredProxy filter(String type, String config, String host, String routes) {
        return manager("stat_prefix: test\nhttp_filters:\n- " + entry("f", type, config) + "\n- "
                + entry("router", "envoy.extensions.filters.http.router.v3.Router", "")
                + "\nroute_config:\n  virtual_hosts:\n  - name: all\n    domains: [\"*\"]\n"
                + host.indent(4) + "    routes:\n" + routes.indent(4));
    }

    /** The same with one route for everything. */
    public static FilteredProxy filter(String type, String config) {
        return filter(type, config, "", "- { match: { prefix: / }, route: { cluster: origins } }");
    }

    /** A filter's entry in a list. */
    public static String entry(String name, String type, String config) {
        return "{ name: " + name + ", typed_config: " + typed(type, config) + " }";
    }

    /** A message in flow style that says its type. */
    public static String typed(String type, String config) {
        return "{ \"@type\": " + API + type + (config.isEmpty() ? "" : ", " + config) + " }";
    }

    /** What a level says of the filter. */
    public static String perFilter(String type, String config) {
        return "typed_per_filter_config: { f: " + typed(type, config) + " }";
    }

    /** The spec of a configuration without errors. */
    public HttpManagerSpec accepted() {
        assertThat(problems).noneMatch(problem -> problem.startsWith("ERROR"));
        if (spec == null) {
            throw new AssertionError("nothing was read");
        }
        return spec;
    }

    /** It at work before these origins. */
    public ProxyFixture before(Origin... origins) {
        return ProxyFixture.with(cluster -> cluster, accepted(), origins);
    }
}
