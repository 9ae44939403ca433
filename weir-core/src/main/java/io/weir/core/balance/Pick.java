package io.weir.core.balance;

import io.weir.core.model.Host;

/** What a pick came to. Immutable; any thread; made when the picker is built, so that picking allocates nothing. */
public sealed interface Pick {
    /** This host. */
    record Chosen(Host host) implements Pick {
    }

    /** No host, for this reason. */
    record Refused(Reason reason) implements Pick {
    }
}
