package io.weir.core.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.model.Locality;
import io.weir.core.model.LocalityRule.ZoneAware;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZoneRoutingTest {
    private static final Locality A = new Locality("r", "a", "");
    private static final Locality B = new Locality("r", "b", "");
    private static final Locality C = new Locality("r", "c", "");

    private int port = 1000;

    private HostSet hosts(int... inEach) {
        List<Host> hosts = new ArrayList<>();
        for (int zone = 0; zone < inEach.length; zone++) {
            for (int i = 0; i < inEach[zone]; i++) {
                hosts.add(new Host(Endpoint.of(new InetSocketAddress("10.0.0.1", port++))
                        .withLocality(List.of(A, B, C).get(zone), 0)));
            }
        }
        return HostSet.of(hosts);
    }

    private ZoneRouting routing(ZoneAware rule, HostSet upstream, HostSet local) {
        return ZoneRouting.of(Place.of(upstream.priorities().getFirst(), A), rule, Locals.of(A, local, 50));
    }

    private ZoneRouting routing(HostSet upstream, HostSet local) {
        return routing(ZoneAware.DEFAULT, upstream, local);
    }

    @Test
    void evenZonesKeepEverythingLocal() {
        assertThat(routing(hosts(5, 5), hosts(3, 3))).isEqualTo(new ZoneRouting.Direct());
        assertThat(routing(hosts(6, 2), hosts(3, 3))).isEqualTo(new ZoneRouting.Direct());
    }

    @Test
    void whatTheOwnZoneCannotTakeGoesWhereCapacityIsLeft() {
        // of the callers 40, 40, 20 %; of the hosts 25, 50, 25 %: 62.5 % stay, the rest 10 to 5
        assertThat(routing(hosts(5, 10, 5), hosts(4, 4, 2)))
                .isEqualTo(new ZoneRouting.Residual(6250, List.of(0, 1000, 500)));
    }

    @Test
    void aZoneWithoutHostsSendsEverythingElsewhere() {
        assertThat(routing(hosts(0, 6, 6), hosts(2, 1, 1)))
                .isEqualTo(new ZoneRouting.Residual(0, List.of(2500, 2500)));
    }

    @Test
    void fewHostsOrOneZoneOrNoLocalClusterAreNotRouted() {
        assertThat(routing(hosts(3, 2), hosts(1, 1))).isEqualTo(new ZoneRouting.Off(ZoneRouting.Why.CLUSTER_TOO_SMALL));
        assertThat(routing(hosts(9), hosts(1, 1))).isEqualTo(new ZoneRouting.Off(ZoneRouting.Why.ONE_LOCALITY));
        assertThat(routing(hosts(5, 5), hosts(0, 4)))
                .isEqualTo(new ZoneRouting.Off(ZoneRouting.Why.LOCAL_CLUSTER_NOT_OK));
        assertThat(routing(hosts(5, 5), HostSet.EMPTY))
                .isEqualTo(new ZoneRouting.Off(ZoneRouting.Why.LOCAL_CLUSTER_NOT_OK));
    }

    @Test
    void enoughLocalHostsForceEverythingLocal() {
        ZoneAware forced = new ZoneAware(100, 6, 2, false);
        assertThat(routing(forced, hosts(2, 8), hosts(5, 5))).isEqualTo(new ZoneRouting.Direct());
        assertThat(routing(forced, hosts(1, 8), hosts(5, 5))).isInstanceOf(ZoneRouting.Residual.class);
    }

    @Test
    void zonesMayCountByWeight() {
        List<Host> hosts = new ArrayList<>(hosts(4, 4).all());
        hosts.getFirst().endpoint(hosts.getFirst().endpoint().withWeight(5));
        // 8 of 12 at home against half of the callers
        assertThat(routing(new ZoneAware(100, 6, 0, true), HostSet.of(hosts), hosts(1, 1)))
                .isEqualTo(new ZoneRouting.Direct());
        hosts.getLast().endpoint(hosts.getLast().endpoint().withWeight(9));
        // 8 of 20 at home: 40 % against 50 %
        assertThat(routing(new ZoneAware(100, 6, 0, true), HostSet.of(hosts), hosts(1, 1)))
                .isEqualTo(new ZoneRouting.Residual(8000, List.of(0, 1000)));
    }

    @Test
    void aLocalityWeighsLessWhenMoreThanItsSpareHostsAreGone() {
        Place place = Place.of(hosts(10).priorities().getFirst(), A).getFirst();
        Place weighty = new Place(A, 100, place.hosts(), place.healthy(), List.of(), 0);
        assertThat(weighty.effectiveWeight(10, 140)).isEqualTo(100);
        assertThat(weighty.effectiveWeight(8, 140)).isEqualTo(100);
        assertThat(weighty.effectiveWeight(5, 140)).isEqualTo(70);
        assertThat(weighty.effectiveWeight(0, 140)).isZero();
        assertThat(new Place(A, 100, place.hosts(), place.healthy(), List.of(), 5).effectiveWeight(4, 140))
                .as("four of five that count").isEqualTo(100);
    }
}
