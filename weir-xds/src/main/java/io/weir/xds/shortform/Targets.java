package io.weir.xds.shortform;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.weir.xds.resource.Nearest;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;

import org.jspecify.annotations.Nullable;

/**
 * {@code to:} - the name of a service, or names with weights. Every name must be that of a service or a raw cluster.
 */
final class Targets {

    private final Set<String> names = new LinkedHashSet<>();

    /** Adds a name that exists. */
    void add(String name) {
        names.add(name);
    }

    /** Puts {@code cluster} or {@code weighted_clusters} into an action. */
    void put(Part to, Tree action) {
        if (to.node() instanceof Mapping mapping) {
            if (mapping.entries().isEmpty()) {
                to.problem("no service is named here", "write to: NAME or to: { NAME: WEIGHT, NAME: WEIGHT }");
            }
            List<Node> clusters = new ArrayList<>();
            for (Entry entry : mapping.entries()) {
                check(to, entry.key(), entry);
                clusters.add(new Tree(entry.at()).put("name", entry.key()).put("weight", entry.value()).mapping());
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
