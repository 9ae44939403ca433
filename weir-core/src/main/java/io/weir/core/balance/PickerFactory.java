package io.weir.core.balance;

import io.weir.core.balance.Choosers.Former;
import io.weir.core.model.BalancePolicy;
import org.jspecify.annotations.Nullable;

/** Makes the chooser of one policy: a new algorithm starts here, and takes its place in {@link Pickers}. */
@FunctionalInterface
interface PickerFactory<P extends BalancePolicy> {
    /**
     * A chooser among these hosts.
     *
     * @param seed
     *            where to start, so that many proxies, and many rebuilds, do not all begin with the same host
     * @param former
     *            by the same policy, of which parts may serve again; null: there is none
     */
    Chooser build(Group hosts, P policy, long seed, @Nullable Former former);
}
