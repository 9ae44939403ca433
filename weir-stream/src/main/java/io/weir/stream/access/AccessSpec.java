package io.weir.stream.access;

import io.netty.channel.Channel;
import io.weir.core.access.AccessRules;
import io.weir.xds.spec.ConnectionFilter;
import org.jspecify.annotations.Nullable;

/**
 * Lets connections be served, or not. Immutable. Source: Envoy's {@code envoy.filters.network.rbac}.
 *
 * @param statPrefix
 *            before {@code .rbac} in the names of its numbers
 * @param rules
 *            what holds; null: everybody may
 * @param logs
 *            whether the rules are there for logs
 * @param shadow
 *            what would hold, and is told only; null: nothing
 * @param shadowPrefix
 *            in the names of the shadow's numbers and metadata
 * @param delayNanos
 *            how long a connection that is refused stays open; 0 closes it at once
 * @param asksForServerName
 *            whether a rule looks at the name that the client's TLS asks for
 */
public record AccessSpec(String statPrefix, @Nullable AccessRules<Channel> rules, boolean logs,
        @Nullable AccessRules<Channel> shadow, String shadowPrefix, long delayNanos, boolean asksForServerName)
        implements
            ConnectionFilter {
}
