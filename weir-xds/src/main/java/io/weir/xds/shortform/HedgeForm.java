package io.weir.xds.shortform;

import java.util.List;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Mapping;

import org.jspecify.annotations.Nullable;

/**
 * {@code hedge:} of a route: a second endpoint is asked when the first is later than most are, for so many requests at
 * most. {@code hedge: 1%}, or {@code { load: 1%, percentile: 95, wait: 20ms }}.
 */
final class HedgeForm {
    static final String KEY = "hedge";

    private HedgeForm() {}

    /** Puts it into the metadata of the route, as Envoy has no word for it. */
    static void put(Part route, Tree tree) {
        Part hedge = route.part(KEY);
        if (hedge == null) {
            return;
        }
        Position at = hedge.at();
        Tree words = new Tree(at);
        if (hedge.node() instanceof Mapping) {
            hedge.isMapping(KEY, List.of("load", "percentile", "wait"));
            Node load = share(hedge.part("load"));
            if (load == null && !hedge.has("load")) {
                hedge.problem("nothing says how much more load there may be", "add load: 1%");
            }
            words.putIf("extra_load", load);
            words.putIf("min_delay", hedge.duration("wait"));
            words.putIf("percentile", hedge.scalar("percentile")); // in the order in which the expansion prints them
        } else {
            words.putIf("extra_load", share(hedge));
        }
        if (!words.isEmpty()) {
            tree.put("metadata", new Tree(at).put("filter_metadata", new Tree(at).put("weir.hedging", words)));
        }
    }

    private static @Nullable Node share(@Nullable Part part) {
        String text = part == null ? null : part.text();
        if (part == null || text == null) {
            return null;
        }
        if (!text.matches("[0-9]{1,2}(\\.[0-9]+)? ?%")) {
            part.problem("this is no share of the requests", "write how many more there may be, such as 1%");
            return null;
        }
        return part.node();
    }
}
