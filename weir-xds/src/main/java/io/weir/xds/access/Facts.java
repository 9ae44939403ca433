package io.weir.xds.access;

import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.weir.core.access.Condition;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads what can be looked at of a subject. Those that are made of others, and those that always hold, never come here.
 *
 * @param <S>
 *            the subject
 */
public interface Facts<S> {
    /** What is asked for; null after a problem. */
    @Nullable
    Condition<S> permission(Permission message, ReadContext at);

    /** Who asks; null after a problem. */
    @Nullable
    Condition<S> principal(Principal message, ReadContext at);
}
