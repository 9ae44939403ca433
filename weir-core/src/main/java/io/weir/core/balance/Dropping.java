package io.weir.core.balance;

import io.weir.core.balance.Pick.Refused;
import io.weir.core.model.Tiers.Drop;
import io.weir.core.stats.Counter;
import java.util.List;

/** Refuses a part of the requests to lower the load; a request is asked once, not again for its retries. */
final class Dropping implements Picker {
    private static final Pick DROPPED = new Refused(Reason.DROPPED);

    private final Picker picker;
    private final long[] bounds;
    private final Counter dropped;

    Dropping(Picker picker, List<Drop> drops, Counter dropped) {
        this.picker = picker;
        this.bounds = drops.stream().mapToLong(drop -> ((long) drop.perMillion() << 32) / Drop.WHOLE).toArray();
        this.dropped = dropped;
    }

    @Override
    public Pick pick(PickContext context) {
        if (!context.repeated()) {
            for (long bound : bounds) {
                if (context.random().nextLong() >>> 32 < bound) {
                    dropped.increment();
                    return DROPPED;
                }
            }
        }
        return picker.pick(context);
    }
}
