package io.weir.http.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.weir.http.route.Forward;
import io.weir.http.route.Route;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.ConfigText;
import io.weir.xds.yaml.MessageTypes;
import io.weir.xds.yaml.ProtoReader;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A configuration as a person writes it, read as Weir reads it.
 *
 * @param spec
 *            null after an error
 * @param problems
 *            as {@code SEVERITY path: value: message}
 */
public record ReadManager(@Nullable HttpManagerSpec spec, List<String> problems, List<String> clusters) {
    private static final String ROUTER = """
            http_filters:
            - name: envoy.filters.http.router
              typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
            """;

    /** The whole connection manager. */
    public static ReadManager manager(String yaml) {
        var context = ReadContext.standalone(HttpExtensions.addTo(Extensions.basic()));
        var spec = new HttpManagerReader().read(message(yaml, HttpConnectionManager.getDefaultInstance()), context);
        return new ReadManager(spec, texts(context), context.clustersReferenced());
    }

    /** A connection manager with the router, and these lines. */
    public static ReadManager withRouter(String yaml) {
        return manager("stat_prefix: in\n" + ROUTER + yaml);
    }

    /** A connection manager with this route configuration. */
    public static ReadManager routes(String yaml) {
        return withRouter("route_config:\n" + yaml.indent(2));
    }

    /** A connection manager with one virtual host with this one route. */
    public static ReadManager route(String yaml) {
        return routes("""
                virtual_hosts:
                - name: all
                  domains: "*"
                  routes:
                  -
                """ + yaml.indent(4));
    }

    /** A connection manager with one route of this action on prefix /p. */
    public static ReadManager action(String yaml) {
        return route("match: { prefix: /p }\n" + yaml);
    }

    public static <T extends Message> T message(String yaml, T prototype) {
        var parsed = ConfigText.parse("test.yaml", yaml);
        assertThat(parsed.problems()).isEmpty();
        var root = Objects.requireNonNull(parsed.root());
        var read = new ProtoReader(MessageTypes.envoy()).read(root, prototype, "");
        assertThat(read.problems().stream().filter(Problem::isError)).isEmpty();
        return read.message();
    }

    static List<String> texts(ReadContext context) {
        return context.problems().stream()
                .map(p -> p.severity() + " " + p.path() + ": " + p.value() + ": " + p.message()).toList();
    }

    /** The spec of a configuration without errors. */
    public HttpManagerSpec accepted() {
        assertThat(problems).noneMatch(problem -> problem.startsWith("ERROR"));
        if (spec == null) {
            throw new AssertionError("nothing was read");
        }
        return spec;
    }

    /** The only route. */
    public Route onlyRoute() {
        return accepted().routes().hosts().getFirst().routes().getFirst();
    }

    /** The only route's action. */
    public Forward forward() {
        return (Forward) onlyRoute().action();
    }
}
