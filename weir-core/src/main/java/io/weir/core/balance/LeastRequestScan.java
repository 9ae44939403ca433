package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.model.Host;
import org.jspecify.annotations.Nullable;

/** Of all hosts of equal weight the one with the fewest requests in flight; a random one of those, if several. */
record LeastRequestScan(Group group) implements Chooser {
    @Override
    public @Nullable Chosen choose(PickContext context) {
        int fewest = Integer.MAX_VALUE;
        int ties = 0;
        for (int i = 0; i < group.size(); i++) {
            Host host = group.host(i);
            int active = host.requestsActive();
            if (active <= fewest && group.usable(host, context)) {
                ties = active < fewest ? 1 : ties + 1;
                fewest = active;
            }
        }
        if (ties == 0) {
            return group.scan(context, context.random().nextLong());
        }
        int nth = Group.below(context.random().nextLong() >>> 32, ties);
        int last = -1;
        for (int i = 0; i < group.size(); i++) {
            Host host = group.host(i);
            if (host.requestsActive() <= fewest && group.usable(host, context)) {
                last = i;
                if (nth-- == 0) {
                    break;
                }
            }
        }
        // counts move while we look: when all have grown since, any usable host is as good
        return last >= 0 ? group.at(last) : group.scan(context, context.random().nextLong());
    }
}
