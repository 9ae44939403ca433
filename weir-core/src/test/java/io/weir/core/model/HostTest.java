package io.weir.core.model;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.core.rule.EjectionSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostTest {
    private static final EjectionSpec RULE = EjectionSpec.DEFAULT;
    private final Host host = new Host(Endpoint.of(new InetSocketAddress("10.0.0.1", 80)));

    @Test
    void theAddressIsShownAsPeopleWriteIt() throws UnknownHostException {
        InetAddress loopback = InetAddress.getByAddress(new byte[]{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        assertThat(host.addressText()).isEqualTo("10.0.0.1:80");
        assertThat(new Host(Endpoint.of(new InetSocketAddress(loopback, 80))).addressText())
                .isEqualTo("[::1]:80");
        assertThat(new Host(Endpoint.of(InetSocketAddress.createUnresolved("web.internal", 8080))).addressText())
                .isEqualTo("web.internal:8080");
        assertThat(new Host(Endpoint.of(UnixDomainSocketAddress.of("/run/web.sock"))).addressText())
                .isEqualTo("/run/web.sock");
    }

    @Test
    void oneFailedConnectEjects() {
        assertThat(host.unreachable(RULE, 0)).isTrue();
        assertThat(host.ejected()).isTrue();
    }

    @Test
    void whatElseKeepsItOutIsWhatThereIsToTell() {
        host.unreachable(RULE, 0);
        host.flag(HealthFlag.FAILED_OUTLIER_CHECK, true, "3 in a row", 1);
        assertThat(host.tick(RULE, Long.MAX_VALUE / 2)).isTrue();
        assertThat(host.healthReason()).isEqualTo("3 in a row");
        assertThat(host.unreachable(RULE, Long.MAX_VALUE / 2)).isTrue();
        assertThat(host.healthReason()).isEqualTo("3 in a row");
        assertThat(host.healthSinceNanos()).isEqualTo(1);
    }

    @Test
    void ejectionsDoubleUpToTheCapUntilASuccess() {
        long now = -5;
        for (long millis : new long[]{250, 500, 1000, 2000, 4000, 4000, 4000}) {
            assertThat(host.unreachable(RULE, now)).isTrue();
            assertThat(host.tick(RULE, now + MILLISECONDS.toNanos(millis) - 1)).as(millis + " ms").isFalse();
            assertThat(host.ejected()).isTrue();
            now += MILLISECONDS.toNanos(millis);
            assertThat(host.tick(RULE, now)).as(millis + " ms").isTrue();
            assertThat(host.ejected()).isFalse();
        }
        host.reached();
        assertThat(host.ejections()).isZero();
        host.unreachable(RULE, now);
        assertThat(host.tick(RULE, now + MILLISECONDS.toNanos(250))).isTrue();
    }

    @Test
    void moreFailuresInARowAreNeededWhereTheRuleSaysSo() {
        EjectionSpec three = new EjectionSpec(3, 10, 100);
        assertThat(host.unreachable(three, 0)).isFalse();
        assertThat(host.unreachable(three, 0)).isFalse();
        host.reached();
        assertThat(host.unreachable(three, 0)).isFalse();
        assertThat(host.unreachable(three, 0)).isFalse();
        assertThat(host.unreachable(three, 0)).isTrue();
        assertThat(host.tick(three, 10)).isTrue();
        assertThat(host.unreachable(three, 11)).as("back on trial, one failure is enough").isTrue();
    }

    @Test
    void reportsOfConnectsBegunBeforeAnEjectionChangeNothing() {
        host.unreachable(RULE, 0);
        assertThat(host.unreachable(RULE, 1)).isFalse();
        host.reached();
        assertThat(host.ejected()).isTrue();
        assertThat(host.ejections()).isEqualTo(1);
        assertThat(host.tick(RULE, MILLISECONDS.toNanos(250))).isTrue();
    }

    @Test
    void aRuleThatNeverEjectsDoesNotAndFreesTheEjected() {
        assertThat(host.unreachable(EjectionSpec.NEVER, 0)).isFalse();
        host.unreachable(RULE, 0);
        assertThat(host.tick(EjectionSpec.NEVER, 0)).isTrue();
    }

    @Test
    void aNewAnnouncementKeepsTheHostAndAnotherAddressIsRefused() {
        host.requestStarted();
        host.endpoint(host.endpoint().withWeight(7));
        assertThat(host.endpoint().weight()).isEqualTo(7);
        assertThat(host.requestsActive()).isEqualTo(1);
        assertThatThrownBy(() -> host.endpoint(Endpoint.of(new InetSocketAddress("10.0.0.2", 80))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void requestsOfManyWorkersAreCountedExactly() throws InterruptedException {
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            workers.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 50_000; n++) {
                    host.requestStarted();
                    if (n % 2 == 0) {
                        host.requestEnded();
                    }
                    host.stats().rqTotal().increment();
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        assertThat(host.requestsActive()).isEqualTo(100_000);
        assertThat(host.stats().rqTotal().value()).isEqualTo(200_000);
    }

    @Test
    void anEndpointOfNoWeightOrNegativePriorityIsRefused() {
        Endpoint endpoint = host.endpoint();
        assertThatThrownBy(() -> endpoint.withWeight(0)).hasMessageContaining("weight");
        assertThatThrownBy(() -> endpoint.withPriority(-1)).hasMessageContaining("priority");
    }
}
