package io.weir.bench.micro;

import io.weir.core.balance.Pickers;
import io.weir.core.hash.MaglevTable;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.tier.Locals;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** One pick, with every policy. */
public class PickBench extends Picking {
    private static final int WEIGHTS = 4;
    private static final int BOUND_PERCENT = 150;

    @Param({"ROUND_ROBIN", "RANDOM", "LEAST_REQUEST", "LEAST_REQUEST_SCAN", "PEAK_EWMA", "HOT_COLD", "REPORTED",
            "RING_HASH", "MAGLEV", "MAGLEV_BOUNDED", "OVERRIDE_HOST"})
    Policy policy = Policy.ROUND_ROBIN;

    @Param({"10", "1000"})
    int hosts;

    @Param({"false", "true"})
    boolean weighted;

    /** The policies, as JMH's parameters want them. */
    public enum Policy {
        ROUND_ROBIN, RANDOM, LEAST_REQUEST, LEAST_REQUEST_SCAN, PEAK_EWMA, HOT_COLD, REPORTED, RING_HASH, MAGLEV,
        /**
         * Of hosts with 0 to 7 requests in flight those with 7 are beyond their bound: an eighth passes requests on.
         */
        MAGLEV_BOUNDED,
        /** Each request is bound to a host, so that nothing is balanced. */
        OVERRIDE_HOST;

        BalancePolicy policy() {
            return switch (this) {
                case ROUND_ROBIN, OVERRIDE_HOST -> new BalancePolicy.RoundRobin();
                case RANDOM -> new BalancePolicy.Random();
                case LEAST_REQUEST -> BalancePolicy.LeastRequest.DEFAULT;
                case LEAST_REQUEST_SCAN -> new BalancePolicy.LeastRequest(2, 1, true);
                case PEAK_EWMA -> BalancePolicy.PeakEwma.DEFAULT;
                case HOT_COLD -> BalancePolicy.HotCold.DEFAULT;
                case REPORTED ->
                    new BalancePolicy.ClientSideWeightedRoundRobin(0, Long.MAX_VALUE, 1, 1, List.of());
                case RING_HASH -> BalancePolicy.RingHash.DEFAULT;
                case MAGLEV -> BalancePolicy.Maglev.DEFAULT;
                case MAGLEV_BOUNDED -> new BalancePolicy.Maglev(MaglevTable.SIZE_DEFAULT, false, BOUND_PERCENT);
            };
        }
    }

    @Setup
    public void setUp() {
        List<Host> all = Fleet.hosts(IntStream.range(0, hosts)
                .mapToObj(i -> Fleet.endpoint(i).withWeight(weighted ? 1 + i % WEIGHTS : 1)).toList());
        long[] active = {0};
        Pickers pickers = pickers(() -> active[0]);
        Balancing balancing = Balancing.DEFAULT.withPolicy(policy.policy());
        pickers.build(HostSet.of(all), balancing, Locals.NONE, SEED);
        Fleet.work(all);
        active[0] = all.stream().mapToLong(Host::requestsActive).sum();
        // once more, as weights by reports come with the next view
        pickers.forget();
        picker = pickers.build(HostSet.of(all), balancing, Locals.NONE, SEED);
        if (policy == Policy.OVERRIDE_HOST) {
            context.bound(all.stream().map(Host::addressText).toList());
            pick();
            // the first such request has hosts found by address from the next tick on
            pickers.tick(balancing, 0);
        }
    }
}
