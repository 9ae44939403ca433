package io.weir.core.stats;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a metric is called, kept in parts: a proxy with ten thousand clusters has half a million metrics, whose names
 * are asked for only when someone looks.
 */
record Identity(@Nullable Scope scope, String leaf, String plainLeaf, @Nullable Tag tag) {
    static final Identity NONE = new Identity(null, "", "", null);

    String name() {
        return scope == null ? leaf : scope.join(leaf);
    }

    String plainName() {
        return scope == null ? plainLeaf : scope.plainJoin(plainLeaf);
    }

    List<Tag> tags() {
        List<Tag> tags = scope == null ? new ArrayList<>() : scope.tags();
        if (tag != null) {
            tags.add(tag);
        }
        return tags;
    }
}
