package io.weir.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostSetTest {
    private int port = 1000;

    private Host host(int priority, Announced announced) {
        return new Host(Endpoint.of(new InetSocketAddress("10.0.0.1", port++)).withPriority(priority)
                .withAnnounced(announced));
    }

    @Test
    void groupsAreHealthyByPriorityThenDegradedByPriority() {
        Host h1 = host(1, Announced.HEALTHY);
        Host d0 = host(0, Announced.DEGRADED);
        Host h0 = host(0, Announced.UNKNOWN);
        Host bad = host(0, Announced.TIMEOUT);
        Host d1 = host(1, Announced.DEGRADED);
        HostSet set = HostSet.of(List.of(h1, d0, h0, bad, d1));
        assertThat(set.groups()).containsExactly(new HostSet.Group(0, HostSet.Tier.HEALTHY, List.of(h0)),
                new HostSet.Group(1, HostSet.Tier.HEALTHY, List.of(h1)),
                new HostSet.Group(0, HostSet.Tier.DEGRADED, List.of(d0)),
                new HostSet.Group(1, HostSet.Tier.DEGRADED, List.of(d1)));
        assertThat(set.lastResort()).containsExactly(d0, h0);
        assertThat(set.all()).hasSize(5);
        assertThat(List.of(set.healthyCount(), set.degradedCount(), set.excludedCount())).containsExactly(2, 2, 1);
    }

    @Test
    void anEjectedHostIsInNoGroupButALastResort() {
        Host out = host(0, Announced.HEALTHY);
        Host in = host(1, Announced.HEALTHY);
        out.unreachable(EjectionSpec.DEFAULT, 0);
        HostSet set = HostSet.of(List.of(out, in));
        assertThat(set.groups()).containsExactly(new HostSet.Group(1, HostSet.Tier.HEALTHY, List.of(in)));
        assertThat(set.lastResort()).containsExactly(out);
        assertThat(set.healthyCount()).isEqualTo(1);
    }

    @Test
    void noHostsMakeNoGroups() {
        assertThat(HostSet.EMPTY.groups()).isEmpty();
        assertThat(HostSet.EMPTY.lastResort()).isEmpty();
    }
}
