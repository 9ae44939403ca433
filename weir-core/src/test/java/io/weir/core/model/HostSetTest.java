package io.weir.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.rule.EjectionSpec;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class HostSetTest {
    private int port = 1000;

    private Host host(int priority, Announced announced) {
        return new Host(Endpoint.of(new InetSocketAddress("10.0.0.1", port++)).withPriority(priority)
                .withAnnounced(announced));
    }

    @Test
    void hostsAreSortedByPriorityAndHealth() {
        Host h2 = host(2, Announced.HEALTHY);
        Host d0 = host(0, Announced.DEGRADED);
        Host h0 = host(0, Announced.UNKNOWN);
        Host bad = host(0, Announced.TIMEOUT);
        Host d2 = host(2, Announced.DEGRADED);
        HostSet set = HostSet.of(List.of(h2, d0, h0, bad, d2));
        assertThat(set.priorities()).containsExactly(
                new HostSet.Priority(0, List.of(d0, h0, bad), List.of(h0), List.of(d0), List.of(), 0),
                new HostSet.Priority(1, List.of(), List.of(), List.of(), List.of(), 0),
                new HostSet.Priority(2, List.of(h2, d2), List.of(h2), List.of(d2), List.of(), 0));
        assertThat(set.all()).hasSize(5);
        assertThat(List.of(set.healthyCount(), set.degradedCount(), set.excludedCount())).containsExactly(2, 2, 0);
    }

    @Test
    void anEjectedHostIsNotHealthyAndCountedAsUnreachable() {
        Host out = host(0, Announced.HEALTHY);
        Host in = host(0, Announced.HEALTHY);
        Host bad = host(0, Announced.UNHEALTHY);
        out.unreachable(EjectionSpec.DEFAULT, 0);
        HostSet.Priority first = HostSet.of(List.of(out, in, bad)).priorities().getFirst();
        assertThat(first.healthy()).containsExactly(in);
        assertThat(first.unreachable()).isEqualTo(1);
        assertThat(first.availablePercent()).as("one of the two that can be reached").isEqualTo(50);
    }

    @Test
    void aHostWhoseHealthChangesJustNowIsInOneOfTheListsAndInNoneTwice() throws InterruptedException {
        Host host = host(0, Announced.HEALTHY);
        Host other = host(0, Announced.UNHEALTHY);
        HostList hosts = HostList.copyOf(List.of(host, other));
        AtomicBoolean over = new AtomicBoolean();
        Thread worker = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                host.flag(HealthFlag.FAILED_ACTIVE_HC, !host.down(), "", 0);
            }
        });
        HostSet set = HostSet.of(hosts);
        for (int i = 0; i < 20_000 && !over.get(); i++) {
            set = set.after(hosts, List.of(host, host));
            long times = set.priorities().getFirst().healthy().stream().filter(host::equals).count()
                    + set.out().stream().filter(host::equals).count();
            over.set(times != 1);
        }
        assertThat(over.getAndSet(true)).as("once in all lists").isFalse();
        worker.join();
        assertThat(set.out()).contains(other);
    }

    @Test
    void noHostsMakeNoPriorities() {
        assertThat(HostSet.EMPTY.priorities()).isEmpty();
    }
}
