package io.weir.http.config;

import io.weir.http.filter.RouterSpec;
import io.weir.http.filter.BufferSpec;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.weir.http.config.FilterLevel.Slot;
import io.weir.http.config.upgrade.UpgradeReader;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the HTTP filters of a connection manager. */
final class HttpFiltersReader {
    private static final String ROUTER = "envoy.extensions.filters.http.router.v3.Router";

    private HttpFiltersReader() {}

    /**
     * What the filters do.
     *
     * @param router
     *            the last one's options, or null after a problem
     * @param level
     *            those before it
     */
    record Filters(@Nullable RouterSpec router, FilterLevel level) {
    }

    /** What is in the list, and in those of some tunnels: the router must stand last in each. */
    static Filters read(HttpConnectionManager manager, ReadContext context) {
        var own = read("http_filters", manager.getHttpFiltersList(), context);
        var tunnels = new TreeMap<String, List<Slot>>();
        var router = own.router;
        for (int i = 0; i < manager.getUpgradeConfigsCount(); i++) {
            var upgrade = manager.getUpgradeConfigs(i);
            if (upgrade.getFiltersCount() > 0 && !upgrade.getUpgradeType().isEmpty()) {
                var at = context.at("upgrade_configs", i);
                var theirs = read("filters", upgrade.getFiltersList(), at);
                router = theirs.router == null ? null : router;
                if (theirs.slots.stream().anyMatch(slot -> slot.outermost() instanceof BufferSpec)) {
                    at.problem("filters", upgrade.getUpgradeType(), "a tunnel has no body that could be gathered",
                            "remove the buffer filter");
                }
                tunnels.put(UpgradeReader.name(upgrade.getUpgradeType()), theirs.slots);
            }
        }
        return new Filters(router, FilterLevel.of(own.slots, tunnels));
    }

    /** One list. */
    private record Chain(@Nullable RouterSpec router, List<Slot> slots) {
    }

    private static Chain read(String field, List<HttpFilter> filters, ReadContext context) {
        RouterSpec router = null;
        var slots = new ArrayList<Slot>();
        boolean readable = true;
        for (int i = 0; i < filters.size(); i++) {
            var filter = filters.get(i);
            var at = context.at(field, i);
            if (router != null && !filter.getDisabled()) {
                at.problem("", filter.getName(), "a filter behind the router is never reached", "move the router last");
                return new Chain(null, slots);
            }
            if (!isRouter(filter) && at.isKnown(filter.getTypedConfig())) {
                var slot = slot(filter, slots, at);
                if (slot != null) {
                    slots.add(slot);
                }
            } else if (filter.getDisabled()) {
                at.warning("disabled", filter.getName(), "this filter is switched off", "remove it, or switch it on");
            } else if (isRouter(filter)) {
                router = filter.hasTypedConfig()
                        ? at.extension("typed_config", filter.getTypedConfig(), RouterSpec.class)
                        : RouterSpec.DEFAULT;
                readable &= router != null;
            } else {
                readable &= tell(filter, at);
            }
        }
        if (router == null && readable) {
            context.problem(field, "", "the last filter must be the router",
                    "add envoy.filters.http.router with its typed_config");
        }
        return new Chain(router, slots);
    }

    private static String type(HttpFilter filter) {
        String url = filter.getTypedConfig().getTypeUrl();
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private static boolean isRouter(HttpFilter filter) {
        return filter.hasTypedConfig()
                ? type(filter).equals(ROUTER)
                : filter.getName().equals("envoy.filters.http.router");
    }

    /** One that is disabled still has its name, by which a route may switch it on; null after a problem. */
    private static @Nullable Slot slot(HttpFilter filter, List<Slot> before, ReadContext at) {
        var spec = at.extension("typed_config", filter.getTypedConfig(), Object.class);
        switch (spec) {
            case null -> {
                return null;
            }
            case BufferSpec _ -> {
                if (before.stream().anyMatch(slot -> slot.outermost() instanceof BufferSpec)) {
                    at.problem("", filter.getName(),
                            "there is a buffer filter already, and gathering a body twice is no use",
                            "keep the one with the smaller max_request_bytes");
                    return null;
                }
            }
            case HttpFilterSpec _ -> {
                // any number of them
            }
            default -> {
                at.problem("typed_config", type(filter), "this extension is no HTTP filter",
                        "move it to where such extensions belong");
                return null;
            }
        }
        return new Slot(filter.getName(), spec, filter.getDisabled() ? null : spec);
    }

    /** Whether the filter may be left out. */
    private static boolean tell(HttpFilter filter, ReadContext at) {
        String type = type(filter);
        if (filter.getIsOptional()) {
            at.warning("", type, "Weir does not know this filter and leaves it out, since it is optional", "remove it");
            return true;
        }
        at.problem("typed_config", type.isEmpty() ? filter.getName() : type, "Weir does not know this HTTP filter yet",
                "remove it, or mark it is_optional if the requests may do without it");
        return false;
    }
}
