package io.weir.core.value;

import java.util.Map;

/**
 * A test on what filters say of a request. Immutable; any thread. Source: Envoy's {@code MetadataMatcher}.
 *
 * @param path
 *            where the value stands
 * @param value
 *            what it must be
 * @param invert
 *            whether it must not
 */
public record MetadataTest(MetadataPath path, ValueTest value, boolean invert) {
    /**
     * Whether it passes.
     *
     * @param values
     *            of the path's namespace
     */
    public boolean passes(Map<String, Object> values) {
        return value.passes(path.in(values)) != invert;
    }
}
