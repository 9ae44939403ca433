package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import org.jspecify.annotations.Nullable;

/** The only host there is: every policy over one host. */
record Single(Group group) implements Chooser {
    @Override
    public @Nullable Chosen choose(PickContext context) {
        return group.out(group.host(0)) ? null : group.at(0);
    }
}
