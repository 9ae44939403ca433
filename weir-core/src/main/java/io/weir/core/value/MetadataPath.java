package io.weir.core.value;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a value stands. Immutable; any thread.
 *
 * @param namespace
 *            mostly a filter's name
 * @param keys
 *            from the outermost map on; of none, the whole namespace is meant
 */
public record MetadataPath(String namespace, List<String> keys) {
    public MetadataPath {
        keys = List.copyOf(keys);
    }

    /** The value, or null; of a namespace that holds nothing, null too. */
    public @Nullable Object in(Map<String, Object> values) {
        if (values.isEmpty()) {
            return null;
        }
        Object at = values;
        for (int i = 0; i < keys.size(); i++) {
            if (!(at instanceof Map<?, ?> map)) {
                return null;
            }
            at = map.get(keys.get(i));
        }
        return at;
    }
}
