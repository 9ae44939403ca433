package io.weir.http.config;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.weir.http.config.FilterLevel.Slot;
import io.weir.http.filter.LayeredSpec;
import io.weir.http.filter.FilterOverride;
import io.weir.http.filter.OffHere;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads what a level of the routes says of single HTTP filters. */
final class PerFilterReader {
    private static final String FIELD = "typed_per_filter_config";

    private PerFilterReader() {}

    /**
     * What holds one level further in.
     *
     * @param configs
     *            {@code typed_per_filter_config} of that level
     */
    static FilterLevel inside(FilterLevel outside, Map<String, Any> configs, ReadContext context) {
        if (configs.isEmpty()) {
            return outside;
        }
        var slots = new ArrayList<>(outside.slots());
        var tunnels = new TreeMap<String, List<Slot>>();
        outside.upgrades().forEach((type, level) -> tunnels.put(type, new ArrayList<>(level.slots())));
        for (var entry : configs.entrySet()) {
            String path = FIELD + "[" + entry.getKey() + "]";
            boolean found = change(slots, entry.getKey(), entry.getValue(), context, path);
            for (var theirs : tunnels.values()) {
                found |= change(theirs, entry.getKey(), entry.getValue(), context, path);
            }
            if (!found) {
                context.extension(path, entry.getValue(), Object.class); // its own mistakes are told as well
                context.warning(path, "", "no filter of this name stands in http_filters, so this changes nothing",
                        slots.size() == 1
                                ? "write its name, " + slots.getFirst().name()
                                : "add the filter to http_filters; disabled: true leaves it off elsewhere");
            }
        }
        var upgrades = new TreeMap<String, FilterLevel>();
        outside.upgrades().forEach((type, level) -> upgrades.put(type,
                level.with(Objects.requireNonNull(tunnels.get(type)))));
        return outside.with(slots, upgrades);
    }

    private static boolean change(List<Slot> slots, String name, Any config, ReadContext context, String path) {
        boolean found = false;
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i).name().equals(name)) {
                found = true;
                slots.set(i, slot(slots.get(i), config, context, path));
            }
        }
        return found;
    }

    /** The filter as this level has it; as before after a problem. */
    private static Slot slot(Slot before, Any config, ReadContext context, String path) {
        if (!config.is(FilterConfig.class)) {
            return slot(before, context.extension(path, config, Object.class), context, path);
        }
        try {
            var wrapped = config.unpack(FilterConfig.class);
            if (wrapped.getDisabled()) {
                return new Slot(before.name(), before.outermost(), null);
            }
            return wrapped.hasConfig()
                    ? slot(before, context.extension(path + ".config", wrapped.getConfig(), Object.class), context,
                            path + ".config")
                    : new Slot(before.name(), before.outermost(), before.outermost());
        } catch (InvalidProtocolBufferException e) {
            context.problem(path, "", "the bytes here are not of the type that is named", "send them anew");
            return before;
        }
    }

    private static Slot slot(Slot before, @Nullable Object said, ReadContext context, String path) {
        if (said == null) {
            return before;
        }
        var kind = before.outermost().getClass();
        if (said instanceof OffHere(Class<?> filter) && filter.equals(kind)) {
            return new Slot(before.name(), before.outermost(), null);
        }
        if (said instanceof FilterOverride override && override.filter().equals(kind)) {
            Object outer = before.here() == null ? before.outermost() : before.here();
            return new Slot(before.name(), before.outermost(), override.over(outer));
        }
        if (said.getClass().equals(kind)) {
            var outside = before.here() == null ? before.outermost() : before.here();
            return new Slot(before.name(), before.outermost(),
                    said instanceof LayeredSpec inner ? inner.inside(outside) : said);
        }
        context.problem(path, before.name(), "this is no configuration of the filter of this name",
                "write one of the filter's own kind, or the name of the filter that it is for");
        return before;
    }
}
