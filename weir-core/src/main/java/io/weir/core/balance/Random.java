package io.weir.core.balance;

import io.weir.core.balance.Choosers.Former;
import io.weir.core.balance.Pick.Chosen;
import io.weir.core.model.BalancePolicy;
import io.weir.core.odds.AliasTable;
import org.jspecify.annotations.Nullable;

/** Hosts at random, each as often as its weight says. */
final class Random implements Chooser {
    private final Group group;
    private final @Nullable AliasTable table;

    Random(Group group, @Nullable Former former) {
        Random last = Former.as(Random.class, former);
        this.group = group;
        this.table = group.weighted()
                ? AliasTable.of(group.weights(), last == null ? null : last.table, Former.overlapOf(former))
                : null;
    }

    static Chooser build(Group group, BalancePolicy.Random policy, long seed, @Nullable Former former) {
        return group.size() == 1 ? new Single(group) : new Random(group, former);
    }

    @Override
    public @Nullable Chosen choose(PickContext context) {
        for (int tries = 0; tries < Group.TRIES_MAX; tries++) {
            long bits = context.random().nextLong();
            int drawn = table == null ? Group.below(bits >>> 32, group.size()) : table.draw(bits);
            if (group.usable(drawn, context)) {
                return group.at(drawn);
            }
        }
        return group.scan(context, context.random().nextLong());
    }
}
