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
    private static final int BOUND_PERCENT = 400;

    @Param({"ROUND_ROBIN", "RANDOM", "LEAST_REQUEST", "PEAK_EWMA", "HOT_COLD", "REPORTED", "RING_HASH", "MAGLEV",
            "MAGLEV_BOUNDED"})
    Policy policy = Policy.ROUND_ROBIN;

    @Param({"10", "1000"})
    int hosts;

    @Param({"false", "true"})
    boolean weighted;

    /** The policies, as JMH's parameters want them. */
    public enum Policy {
        ROUND_ROBIN, RANDOM, LEAST_REQUEST, PEAK_EWMA, HOT_COLD, REPORTED, RING_HASH, MAGLEV, MAGLEV_BOUNDED;

        BalancePolicy policy() {
            return switch (this) {
                case ROUND_ROBIN -> new BalancePolicy.RoundRobin();
                case RANDOM -> new BalancePolicy.Random();
                case LEAST_REQUEST -> BalancePolicy.LeastRequest.DEFAULT;
                case PEAK_EWMA -> BalancePolicy.PeakEwma.DEFAULT;
                case HOT_COLD -> BalancePolicy.HotCold.DEFAULT;
                case REPORTED ->
                    new BalancePolicy.ClientSideWeightedRoundRobin(0, Long.MAX_VALUE, 1, 1, List.of());
                case RING_HASH -> BalancePolicy.RingHash.DEFAULT;
                case MAGLEV -> BalancePolicy.Maglev.DEFAULT;
                // so high a bound that hosts are rarely beyond it: who passes requests on looks at many
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
    }
}
