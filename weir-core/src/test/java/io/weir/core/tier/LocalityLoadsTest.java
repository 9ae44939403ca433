package io.weir.core.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.model.Locality;
import io.weir.core.model.LocalityRule.LoadAware;
import io.weir.core.model.OrcaReport;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalityLoadsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final LoadAware RULE = LoadAware.DEFAULT;
    private static final Locality A = new Locality("r", "a", "");
    private static final Locality B = new Locality("r", "b", "");
    private static final Locality C = new Locality("r", "c", "");

    private final LocalityLoads loads = new LocalityLoads();
    private final List<Host> hosts = new ArrayList<>();
    private long now = 1_000 * SECOND;

    private void hosts(Locality locality, int count) {
        for (int i = 0; i < count; i++) {
            var address = new InetSocketAddress("10.0.0." + (hosts.size() + 1), 80);
            hosts.add(new Host(Endpoint.of(address).withLocality(locality, 0)));
        }
    }

    private void reports(Locality locality, double utilization) {
        hosts.stream().filter(host -> host.endpoint().locality().equals(locality))
                .forEach(host -> host.loadTracker().loadReported(
                        new OrcaReport(utilization, 0, 0, 1, 0, Map.of(), Map.of(), Map.of()), now));
    }

    private double[] percents() {
        assertThat(loads.tick(RULE, now)).isTrue();
        return read();
    }

    private double[] read() {
        List<Place> places = Place.of(HostSet.of(hosts).priorities().getFirst(), A);
        double[] shares = loads.shares(RULE, "all", places, places.stream().map(Place::healthy).toList(), A);
        double sum = Arrays.stream(shares).sum();
        return Arrays.stream(shares).map(share -> 100 * share / sum).toArray();
    }

    private static double[] percents(double a, double b, double c, int... counts) {
        double[] shares = LocalityLoads.shares(RULE, new double[]{a, b, c}, new boolean[3], counts, 0);
        double sum = Arrays.stream(shares).sum();
        return Arrays.stream(shares).map(share -> 100 * share / sum).toArray();
    }

    @Test
    void theWorkedExampleOfEnvoysDocumentsComesOut() {
        // A 0.7, B 0.3, C 0.4 with ten hosts each: headroom 3, 7 and 6 of 16
        assertThat(percents(0.7, 0.3, 0.4, 10, 10, 10)).containsExactly(new double[]{18.75, 43.75, 37.5}, offset(1e-9));
    }

    @Test
    void whileTheOwnLocalityIsAboutAsBusyAllButTheProbesStay() {
        assertThat(percents(0.45, 0.45, 0.45, 10, 10, 10)).containsExactly(new double[]{97, 1.5, 1.5}, offset(1e-9));
        assertThat(percents(0.54, 0.45, 0.45, 10, 20, 10)).containsExactly(new double[]{97, 2, 1}, offset(1e-9));
        assertThat(percents(0.1, 0.9, 0.9, 10, 10, 10)[0]).isCloseTo(97, offset(1e-9));
    }

    @Test
    void whenAllAreBeyondTheirLimitsHostsCount() {
        assertThat(percents(1, 1.5, 2, 1, 2, 1)).containsExactly(new double[]{25, 50, 25}, offset(1e-9));
    }

    @Test
    void withoutALocalityOfItsOwnAProxyGoesByHeadroomAlone() {
        double[] shares = LocalityLoads.shares(RULE, new double[]{0.5, 0.5}, new boolean[2], new int[]{1, 3}, -1);
        assertThat(shares[1] / shares[0]).isCloseTo(3, offset(1e-9));
    }

    @Test
    void whatHostsReportIsSmoothedAndOnlyTheFirstReportCountsAtOnce() {
        hosts(A, 2);
        hosts(B, 2);
        hosts(C, 2);
        assertThat(percents()[0]).as("nothing known: home").isCloseTo(97, offset(1e-9));
        now += SECOND;
        reports(A, 0.9);
        reports(B, 0.1);
        reports(C, 0.1);
        double[] first = percents();
        // 0.1 of 1.9 of the headroom
        assertThat(first[0]).isCloseTo(100 * 0.1 / 1.9, offset(1e-6));
        assertThat(read()).as("between two periods nothing moves").isEqualTo(first);
        now += SECOND;
        reports(A, 0.5);
        double alpha = 1 - Math.exp(-0.2);
        double smoothed = 0.9 - alpha * 0.4;
        assertThat(percents()[0]).isCloseTo(100 * (1 - smoothed) / (1 - smoothed + 1.8), offset(1e-6));
    }

    @Test
    void aLocalityThatHasFallenSilentCountsAsItsHostsAre() {
        hosts(A, 1);
        hosts(B, 1);
        assertThat(percents()).hasSize(2);
        now += SECOND;
        reports(A, 0.8);
        reports(B, 0.6);
        assertThat(percents()[0]).isCloseTo(100 * 0.2 / 0.6, offset(1e-6));
        now += RULE.expirationNanos();
        reports(A, 0.8);
        now += SECOND;
        assertThat(percents()[0]).as("B silent: one host's worth").isCloseTo(100 * 0.2 / 1.2, offset(1e-6));
    }

    @Test
    void nonsenseInAReportIsNoLoad() {
        hosts(A, 1);
        hosts(B, 1);
        assertThat(percents()).hasSize(2);
        now += SECOND;
        reports(A, Double.NaN);
        reports(B, Double.NEGATIVE_INFINITY);
        assertThat(percents()).containsExactly(new double[]{97, 3}, offset(1e-9));
    }

    @Test
    void aPeriodIsOverWhenItsTimeIs() {
        assertThat(loads.tick(RULE, now)).isTrue();
        assertThat(loads.tick(RULE, now + SECOND - 1)).isFalse();
        assertThat(loads.tick(RULE, now + SECOND)).isTrue();
        assertThat(loads.tick(null, now + 9 * SECOND)).isFalse();
    }
}
