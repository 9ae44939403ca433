package io.weir.xds.shortform;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.weir.xds.resource.Nearest;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;

import org.jspecify.annotations.Nullable;

/**
 * {@code to:} - the name of a service, or names with weights. Every name must be that of a service or a raw cluster.
 */
final class Targets {

    private final Set<String> names = new LinkedHashSet<>();

    /** The sessions of each service that keeps any, by its name. */
    private final Map<String, Mapping> sessions = new HashMap<>();

    /** This service keeps such sessions. */
    void session(String name, Mapping session) {
        sessions.put(name, session);
    }

    /** The sessions of the service that is named here, or of the first of several that keeps any; null: of none. */
    @Nullable
    Mapping session(Part to) {
        if (to.node() instanceof Mapping mapping) {
            return mapping.entries().stream().map(entry -> sessions.get(entry.key())).filter(Objects::nonNull)
                    .findFirst().orElse(null);
        }
        return to.node() instanceof Scalar scalar ? sessions.get(scalar.text()) : null;
    }

    /** Adds a name that exists. */
    void add(String name) {
        names.add(name);
    }

    /** Puts {@code cluster} or {@code weighted_clusters} into a route's action. */
    void put(Part to, Tree action) {
        put(to, action, true);
    }

    /** Puts the same into a proxy of byte streams, which have no sessions. */
    void putStreams(Part to, Tree proxy) {
        put(to, proxy, false);
    }

    private void put(Part to, Tree action, boolean http) {
        if (to.node() instanceof Mapping mapping) {
            if (mapping.entries().isEmpty()) {
                to.problem("no service is named here", "write to: NAME or to: { NAME: WEIGHT, NAME: WEIGHT }");
            }
            List<Node> clusters = new ArrayList<>();
            for (Entry entry : mapping.entries()) {
                check(to, entry.key(), entry);
                Tree cluster = new Tree(entry.at()).put("name", entry.key()).put("weight", entry.value());
                Mapping session = sessions.get(entry.key());
                if (http && session != null) {
                    Tree perFilter = new Tree(entry.at());
                    StickyForm.put(session, perFilter);
                    cluster.put("typed_per_filter_config", perFilter);
                }
                clusters.add(cluster.mapping());
            }
            action.put("weighted_clusters", new Tree(to.at()).put("clusters", clusters));
            return;
        }
        String name = to.text();
        if (name != null) {
            check(to, name, null);
            action.put("cluster", Tree.text(to.at(), name));
        }
    }

    private void check(Part to, String name, @Nullable Entry entry) {
        if (names.contains(name)) {
            return;
        }
        String cure = Nearest.cure(name, names, names.isEmpty()
                ? "add services: { " + name + ": { at: ADDRESS } }"
                : "add it to services, or name one of: " + String.join(", ", names));
        to.problems().add(Problem.error(entry == null ? to.at() : entry.at(), to.path(), name,
                "there is no service of this name", cure));
    }
}
