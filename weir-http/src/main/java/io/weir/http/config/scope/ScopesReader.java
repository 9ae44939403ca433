package io.weir.http.config.scope;

import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes;
import io.weir.http.codec.HeaderName;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.RouteTable;
import io.weir.http.route.ScopeKey;
import io.weir.http.route.ScopeKey.Fragment;
import io.weir.http.route.match.HeadText;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Reads scoped routes that stand in the configuration itself. */
public final class ScopesReader {
    private final BiFunction<RouteConfiguration, ReadContext, RouteTable> tables;

    /**
     * @param tables
     *            reads one table
     */
    public ScopesReader(BiFunction<RouteConfiguration, ReadContext, RouteTable> tables) {
        this.tables = tables;
    }

    /** All tables as one; what has problems is left out. */
    public RouteTable read(ScopedRoutes message, ReadContext context) {
        var key = key(message.getScopeKeyBuilder(), context.at("scope_key_builder"));
        var byKey = new LinkedHashMap<List<String>, RouteTable>();
        var list = message.getScopedRouteConfigurationsList();
        for (int i = 0; i < list.getScopedRouteConfigurationsCount(); i++) {
            var scope = list.getScopedRouteConfigurations(i);
            var at = context.at("scoped_route_configurations_list").at("scoped_route_configurations", i);
            if (!scope.hasRouteConfiguration()) {
                at.problem("route_configuration", "", "this scope has no routes",
                        "write them there; Weir does not fetch routes by name yet");
                continue;
            }
            var table = tables.apply(scope.getRouteConfiguration(), at.at("route_configuration"));
            var fragments = fragments(scope);
            if (fragments.size() != key.fragments().size()) {
                at.problem("key", String.join(", ", fragments), "the key has " + fragments.size()
                        + " fragments, and scope_key_builder makes " + key.fragments().size(),
                        "write one fragment for each of its");
            } else if (byKey.putIfAbsent(fragments, table) != null) {
                at.problem("key", String.join(", ", fragments), "another scope has this key already",
                        "write every key once");
            }
        }
        return RouteTable.scoped(message.getName(), key, byKey);
    }

    /** As heads hold them. */
    private static List<String> fragments(ScopedRouteConfiguration scope) {
        return scope.getKey().getFragmentsList().stream().map(fragment -> HeadText.latin(fragment.getStringKey()))
                .toList();
    }

    private static ScopeKey key(ScopedRoutes.ScopeKeyBuilder builder, ReadContext context) {
        var fragments = new ArrayList<Fragment>();
        for (int i = 0; i < builder.getFragmentsCount(); i++) {
            var fragment = fragment(builder.getFragments(i), context.at("fragments", i).at("header_value_extractor"));
            if (fragment != null) {
                fragments.add(fragment);
            }
        }
        return new ScopeKey(fragments);
    }

    private static @Nullable Fragment fragment(ScopedRoutes.ScopeKeyBuilder.FragmentBuilder builder,
            ReadContext at) {
        var message = builder.getHeaderValueExtractor();
        if (!HeaderEdits.isName(message.getName(), false)) {
            at.problem("name", message.getName(), "not a header name",
                    "use letters, digits and hyphens (RFC 9110 section 5.1)");
            return null;
        }
        var header = HeaderName.of(message.getName());
        String separator = HeadText.latin(message.getElementSeparator());
        return switch (message.getExtractTypeCase()) {
            case INDEX -> {
                if (separator.isEmpty() && message.getIndex() != 0) {
                    at.problem("index", Integer.toUnsignedString(message.getIndex()),
                            "without element_separator there is one element only", "write 0, or a separator");
                }
                yield new Fragment.ByIndex(header, separator, message.getIndex() & Integer.MAX_VALUE);
            }
            case ELEMENT -> new Fragment.ByKey(header, separator,
                    HeadText.latin(message.getElement().getSeparator()),
                    HeadText.latin(message.getElement().getKey()));
            case EXTRACTTYPE_NOT_SET -> {
                at.problem("", "", "it is not said which part of the header is meant", "write index or element");
                yield null;
            }
        };
    }
}
