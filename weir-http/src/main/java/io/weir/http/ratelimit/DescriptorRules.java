package io.weir.http.ratelimit;

import io.weir.http.route.Route.Note;
import java.util.List;

/**
 * What a route says of descriptors. Immutable.
 *
 * @param own
 *            of the route
 * @param virtualHost
 *            of its virtual host
 * @param includeVirtualHost
 *            whether the virtual host's count beside its own, whatever the filter says
 */
public record DescriptorRules(List<DescriptorRule> own, List<DescriptorRule> virtualHost, boolean includeVirtualHost)
        implements
            Note {
    /** What a filter makes of a virtual host's rules. */
    public enum VirtualHostUse {
        /** They count where the route has none. */
        OVERRIDE,
        /** They count. */
        INCLUDE,
        /** They do not count. */
        IGNORE
    }

    public DescriptorRules {
        own = List.copyOf(own);
        virtualHost = List.copyOf(virtualHost);
    }

    /** The virtual host's, as far as they count. */
    List<DescriptorRule> outer(VirtualHostUse use) {
        if (includeVirtualHost) {
            return virtualHost;
        }
        return switch (use) {
            case OVERRIDE -> own.isEmpty() ? virtualHost : List.of();
            case INCLUDE -> virtualHost;
            case IGNORE -> List.of();
        };
    }
}
