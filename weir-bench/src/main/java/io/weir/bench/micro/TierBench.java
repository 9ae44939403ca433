package io.weir.bench.micro;

import io.weir.core.model.Announced;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.model.Criteria;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.model.Locality;
import io.weir.core.model.LocalityRule;
import io.weir.core.model.SubsetRule;
import io.weir.core.model.Tiers;
import io.weir.core.tier.Locals;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** One pick of least_request among 1,000 hosts, by tiers. */
public class TierBench extends Picking {
    private static final int HOSTS = 1000;
    private static final int ZONES = 4;
    private static final int VERSIONS = 10;

    @Param({"PRIORITIES", "LOCALITIES", "ZONES", "SUBSETS", "DROPS"})
    Tier tier = Tier.PRIORITIES;

    /** What hosts are divided by. */
    public enum Tier {
        /** Half of the first priority is down: 70 % go there, 30 % to the second. */
        PRIORITIES,
        /** Four localities of different weight. */
        LOCALITIES,
        /** Four zones, the proxy's own with fewer hosts than traffic. */
        ZONES,
        /** Ten versions by metadata. */
        SUBSETS,
        /** A hundredth of the requests is refused. */
        DROPS
    }

    private Endpoint endpoint(int i) {
        Endpoint plain = Fleet.endpoint(i);
        return switch (tier) {
            case PRIORITIES -> plain.withPriority(i < HOSTS / 2 ? 0 : 1)
                    .withAnnounced(i < HOSTS / 4 ? Announced.UNHEALTHY : Announced.HEALTHY);
            case LOCALITIES, ZONES -> plain.withLocality(zone(i % ZONES), 1 + i % ZONES);
            case SUBSETS -> plain.withMetadata(Map.of(Criteria.SPACE, Map.of("version", "v" + i % VERSIONS)));
            case DROPS -> plain;
        };
    }

    private static Locality zone(int number) {
        return new Locality("region", "zone-" + number, "");
    }

    private Balancing balancing() {
        Balancing plain = Balancing.DEFAULT.withPolicy(BalancePolicy.LeastRequest.DEFAULT);
        return switch (tier) {
            case PRIORITIES -> plain;
            case LOCALITIES -> plain.withTiers(Tiers.DEFAULT.withLocality(new LocalityRule.Weighted()));
            case ZONES -> plain.withTiers(Tiers.DEFAULT.withLocality(LocalityRule.ZoneAware.DEFAULT));
            case SUBSETS -> plain.withSubsets(SubsetRule.of(SubsetRule.Fallback.ANY_ENDPOINT, Map.of(),
                    List.of(new SubsetRule.Selector(Set.of("version"), false, SubsetRule.Fallback.NOT_DEFINED,
                            Set.of()))));
            case DROPS -> plain.withTiers(Tiers.DEFAULT.withDrops(List.of(new Tiers.Drop("load", 10_000))));
        };
    }

    /** Half of the proxies stand in the first zone. */
    private Locals locals() {
        List<Host> proxies = Fleet.hosts(IntStream.range(0, 2 * ZONES)
                .mapToObj(i -> Fleet.endpoint(HOSTS + i).withLocality(zone(i < ZONES ? 0 : i % ZONES), 0)).toList());
        return Locals.of(zone(0), HostSet.of(proxies), 0);
    }

    @Setup
    public void setUp() {
        List<Host> all = Fleet.hosts(IntStream.range(0, HOSTS).mapToObj(this::endpoint).toList());
        picker = pickers(() -> 0).build(HostSet.of(all), balancing(), locals(), SEED);
        Fleet.work(all);
        if (tier == Tier.SUBSETS) {
            context.criteria(Criteria.of(Map.of("version", "v3")));
        }
    }
}
