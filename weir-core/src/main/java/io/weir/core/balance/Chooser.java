package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import org.jspecify.annotations.Nullable;

/**
 * One algorithm over one group of equally good hosts: what a balancing policy is made of. Immutable but for shared
 * cursors; any thread; allocates nothing.
 */
interface Chooser {
    /**
     * A host that is not ejected now; one that is not excluded, while there is one. Null when all are ejected.
     */
    @Nullable
    Chosen choose(PickContext context);
}
