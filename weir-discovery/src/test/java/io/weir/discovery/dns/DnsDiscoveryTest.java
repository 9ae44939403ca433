package io.weir.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.DnsOptions;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.LookupFamily;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DnsDiscoveryTest {
    private final ScriptedDns dns = new ScriptedDns();
    private final Rig rig = Rig.asking(dns);

    @AfterEach
    void close() {
        rig.close();
        dns.close();
    }

    @Test
    void everyAddressOfANameIsAHost() {
        dns.has("web.test", 60, "10.0.0.1", "10.0.0.2");
        Cluster cluster = rig.strict(Rig.FAST, "web.test");
        Rig.awaitHosts(cluster, "10.0.0.1:8080", "10.0.0.2:8080");
        assertThat(cluster.view().hosts().all())
                .allSatisfy(host -> assertThat(host.endpoint().hostname()).isEqualTo("web.test"));
        assertThat(cluster.warmed()).isTrue();
    }

    @Test
    void aChangedAnswerIsFollowedAndHostsThatStayKeepTheirIdentity() {
        dns.has("web.test", 60, "10.0.0.1", "10.0.0.2");
        Cluster cluster = rig.strict(Rig.FAST, "web.test");
        Rig.awaitHosts(cluster, "10.0.0.1:8080", "10.0.0.2:8080");
        Host kept = cluster.view().hosts().all().stream().filter(host -> host.addressText().startsWith("10.0.0.2"))
                .findFirst().orElseThrow();
        dns.has("web.test", 60, "10.0.0.2", "10.0.0.3");
        Rig.awaitHosts(cluster, "10.0.0.2:8080", "10.0.0.3:8080");
        assertThat(cluster.view().hosts().all()).contains(kept);
    }

    @Test
    void theSameAnswerInAnotherOrderChangesNothing() {
        dns.has("web.test", 60, "10.0.0.1", "10.0.0.2");
        Cluster cluster = rig.strict(Rig.FAST, "web.test");
        Rig.awaitHosts(cluster, "10.0.0.1:8080", "10.0.0.2:8080");
        List<Object> views = new ArrayList<>();
        cluster.onChange(views::add);
        dns.has("web.test", 60, "10.0.0.2", "10.0.0.1");
        long before = cluster.stats().updateSuccess().value();
        Rig.await("three more answers", () -> cluster.stats().updateSuccess().value() >= before + 3);
        assertThat(views).isEmpty();
        assertThat(cluster.stats().updateNoRebuild().value()).isPositive();
    }

    @Test
    void aNameThatVanishesFailsOrIsNotAnsweredKeepsItsLastHosts() {
        dns.has("web.test", 60, "10.0.0.1");
        Cluster cluster = rig.strict(Rig.FAST, "web.test");
        Rig.awaitHosts(cluster, "10.0.0.1:8080");
        dns.doesNotExist("web.test");
        Rig.await("NXDOMAIN is noticed", () -> cluster.stats().scope().counter("update_empty").value() > 0);
        assertThat(Rig.hosts(cluster)).containsExactly("10.0.0.1:8080");
        long failuresBefore = cluster.stats().updateFailure().value();
        dns.fails("web.test");
        Rig.await("SERVFAIL is noticed", () -> cluster.stats().updateFailure().value() > failuresBefore);
        assertThat(Rig.hosts(cluster)).containsExactly("10.0.0.1:8080");
        long failuresThen = cluster.stats().updateFailure().value();
        dns.saysNothingOf("web.test");
        Rig.await("silence is noticed", () -> cluster.stats().updateFailure().value() > failuresThen);
        assertThat(Rig.hosts(cluster)).containsExactly("10.0.0.1:8080");
        dns.has("web.test", 60, "10.0.0.9");
        Rig.awaitHosts(cluster, "10.0.0.9:8080");
        assertThat(cluster.stats().updateAttempt().value()).isGreaterThanOrEqualTo(
                cluster.stats().updateFailure().value() + cluster.stats().updateSuccess().value());
    }

    @Test
    void aNameThatLosesItsLastAddressKeepsItToo() {
        dns.has("web.test", 60, "10.0.0.1");
        Cluster cluster = rig.strict(Rig.FAST, "web.test");
        Rig.awaitHosts(cluster, "10.0.0.1:8080");
        dns.has("web.test", 60);
        Rig.await("the empty answer is noticed", () -> cluster.stats().scope().counter("update_empty").value() > 0);
        assertThat(Rig.hosts(cluster)).containsExactly("10.0.0.1:8080");
        assertThat(cluster.stats().updateFailure().value()).isZero();
    }

    @Test
    void theTimeToLiveSaysWhenToAskAgainIfItIsRespected() {
        long hour = TimeUnit.HOURS.toNanos(1);
        dns.has("web.test", 1, "10.0.0.1");
        Cluster respecting = rig.strict(new DnsOptions(hour, hour, 0, true, LookupFamily.V4_ONLY), "web.test");
        dns.has("other.test", 1, "10.0.0.1");
        Cluster ignoring = rig.strict(new DnsOptions(hour, hour, 0, false, LookupFamily.V4_ONLY), "other.test");
        Rig.awaitHosts(respecting, "10.0.0.1:8080");
        Rig.awaitHosts(ignoring, "10.0.0.1:8080");
        dns.has("web.test", 60, "10.0.0.2");
        Rig.awaitHosts(respecting, "10.0.0.2:8080");
        assertThat(dns.askedFor("other.test")).isEqualTo(1);
    }

    @Test
    void theFamilySaysWhatIsAskedForAndWhatCounts() {
        dns.has("both.test", 60, "10.0.0.1", "2001:db8::1");
        dns.has("four.test", 60, "10.0.0.4");
        dns.has("six.test", 60, "2001:db8::6");
        String both6 = "[2001:db8::1]:8080";
        String six = "[2001:db8::6]:8080";
        record Case(LookupFamily family, List<String> both, List<String> four, List<String> six) {
        }
        List<Case> cases = List.of(
                new Case(LookupFamily.V4_ONLY, List.of("10.0.0.1:8080"), List.of("10.0.0.4:8080"), List.of()),
                new Case(LookupFamily.V6_ONLY, List.of(both6), List.of(), List.of(six)),
                new Case(LookupFamily.AUTO, List.of(both6), List.of("10.0.0.4:8080"), List.of(six)),
                new Case(LookupFamily.V4_PREFERRED, List.of("10.0.0.1:8080"), List.of("10.0.0.4:8080"), List.of(six)),
                new Case(LookupFamily.ALL, List.of("10.0.0.1:8080", both6), List.of("10.0.0.4:8080"), List.of(six)));
        for (Case each : cases) {
            DnsOptions options = Rig.options(100_000, each.family);
            Cluster both = rig.strict(options, "both.test");
            Cluster four = rig.strict(options, "four.test");
            Cluster sixes = rig.strict(options, "six.test");
            Rig.await("all are warm", () -> both.warmed() && four.warmed() && sixes.warmed());
            Rig.awaitHosts(both, each.both.toArray(String[]::new));
            Rig.awaitHosts(four, each.four.toArray(String[]::new));
            Rig.awaitHosts(sixes, each.six.toArray(String[]::new));
        }
    }

    @Test
    void aLogicalNameHasOneHostTheFirstOfTheAnswer() {
        dns.has("web.test", 60, "10.0.0.2", "10.0.0.1");
        Cluster cluster = rig.follow(Rig.spec(DiscoveryType.LOGICAL_DNS, Rig.FAST, "web.test"));
        Rig.awaitHosts(cluster, "10.0.0.2:8080");
        dns.has("web.test", 60, "10.0.0.3", "10.0.0.2");
        Rig.awaitHosts(cluster, "10.0.0.3:8080");
    }

    @Test
    void localhostAndLiteralsNeedNoServer() {
        try (Rig alone = new Rig(ResolverOptions.of(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)))
                .withHostsFile(Path.of("/does/not/exist")))) {
            Cluster cluster = alone.strict(Rig.FAST, "localhost", "10.9.8.7", "db.localhost");
            Rig.awaitHosts(cluster, "127.0.0.1:8080", "10.9.8.7:8080");
            Cluster six = alone.strict(Rig.options(50, LookupFamily.V6_ONLY), "localhost");
            Rig.awaitHosts(six, "[::1]:8080");
        }
    }

    @Test
    void theHostsFileComesFirstAndItsChangesAreFollowed(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("hosts"), "10.1.1.1 web.test\n");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(10)));
        dns.has("web.test", 60, "10.0.0.1");
        try (Rig withFile = new Rig(ResolverOptions.of(List.of(dns.address())).withHostsFile(file))) {
            Cluster cluster = withFile.strict(Rig.FAST, "WEB.test");
            Rig.awaitHosts(cluster, "10.1.1.1:8080");
            Files.writeString(file, "# comment\n10.1.1.2 other web.test\n10.1.1.3 web.test\n");
            Rig.awaitHosts(cluster, "10.1.1.2:8080", "10.1.1.3:8080");
            Files.writeString(file, "");
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(10)));
            Rig.awaitHosts(cluster, "10.0.0.1:8080");
        }
    }

    @Test
    void shortNamesAreLookedForInTheSearchDomains() {
        dns.has("web.second.test", 60, "10.0.0.2");
        try (Rig searching = new Rig(
                ResolverOptions.of(List.of(dns.address())).withSearchDomains(List.of("first.test", "second.test")))) {
            Rig.awaitHosts(searching.strict(Rig.FAST, "web"), "10.0.0.2:8080");
        }
    }

    @Test
    void theNextServerIsAskedWhenOneDoesNotAnswerOrFails() {
        try (ScriptedDns second = new ScriptedDns(); Rig two = Rig.asking(dns, second)) {
            dns.saysNothingOf("silent.test");
            dns.fails("failing.test");
            second.has("silent.test", 60, "10.0.0.2");
            second.has("failing.test", 60, "10.0.0.3");
            Rig.awaitHosts(two.strict(Rig.FAST, "silent.test"), "10.0.0.2:8080");
            Rig.awaitHosts(two.strict(Rig.FAST, "failing.test"), "10.0.0.3:8080");
        }
    }

    @Test
    void aClusterIsWarmOnceEachOfItsNamesWasTried() throws Exception {
        dns.has("good.test", 60, "10.0.0.1");
        dns.saysNothingOf("bad.test");
        try (Rig patient = Rig.patient(dns)) {
            Cluster cluster = patient.strict(Rig.FAST, "good.test", "bad.test");
            Rig.await("both are asked for", () -> dns.askedFor("good.test") > 0 && dns.askedFor("bad.test") > 0);
            Thread.sleep(60);
            assertThat(cluster.warmed()).isFalse();
            Rig.awaitHosts(cluster, "10.0.0.1:8080");
            Rig.await("it is warm", cluster::warmed);
        }
    }

    @Test
    void whatIsKnownOfEndpointsGoesToTheirHosts() {
        dns.has("a.test", 60, "10.0.0.1", "10.0.0.2");
        InetSocketAddress named = InetSocketAddress.createUnresolved("a.test", 81);
        InetSocketAddress resolved = new InetSocketAddress(InetAddress.ofLiteral("10.0.0.9"), 82);
        ClusterSpec spec = ClusterSpec
                .of("names", List.of(Endpoint.of(named).withWeight(7).withPriority(1), Endpoint.of(resolved)))
                .withType(DiscoveryType.STRICT_DNS).withDns(Rig.FAST);
        Cluster cluster = rig.follow(spec);
        Rig.awaitHosts(cluster, "10.0.0.1:81", "10.0.0.2:81", "10.0.0.9:82");
        for (Host host : cluster.view().hosts().all()) {
            boolean found = host.addressText().endsWith(":81");
            assertThat(host.endpoint().weight()).isEqualTo(found ? 7 : 1);
            assertThat(host.endpoint().priority()).isEqualTo(found ? 1 : 0);
        }
    }

    @Test
    void aChangedSpecKeepsWhatIsKnownOfNamesThatStay() {
        dns.has("a.test", 60, "10.0.0.1");
        dns.has("b.test", 60, "10.0.0.2");
        Cluster cluster = rig.strict(Rig.FAST, "a.test");
        Rig.awaitHosts(cluster, "10.0.0.1:8080");
        dns.fails("a.test");
        rig.conduct(() -> {
            cluster.update(Rig.spec(DiscoveryType.STRICT_DNS, Rig.FAST, "a.test", "b.test"), System.nanoTime());
            rig.discovery.follow(cluster);
        });
        Rig.awaitHosts(cluster, "10.0.0.1:8080", "10.0.0.2:8080");
        rig.conduct(() -> {
            cluster.update(Rig.spec(DiscoveryType.STRICT_DNS, Rig.FAST, "b.test"), System.nanoTime());
            rig.discovery.follow(cluster);
        });
        Rig.awaitHosts(cluster, "10.0.0.2:8080");
    }

    @Test
    void aForgottenClusterIsAskedForNoMore() throws Exception {
        dns.has("web.test", 60, "10.0.0.1");
        Cluster cluster = rig.strict(Rig.FAST, "web.test");
        Rig.awaitHosts(cluster, "10.0.0.1:8080");
        rig.discovery.forget(cluster);
        Thread.sleep(200);
        long asked = dns.askedFor("web.test");
        Thread.sleep(300);
        assertThat(dns.askedFor("web.test")).isEqualTo(asked);
        assertThat(Rig.hosts(cluster)).containsExactly("10.0.0.1:8080");
    }

    @Test
    void aThousandClustersAreAllFound() {
        try (Rig patient = new Rig(ResolverOptions.of(List.of(dns.address())))) {
            List<Cluster> clusters = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                dns.has("c" + i + ".test", 60, "10.0." + i / 256 + "." + i % 256);
                clusters.add(patient.strict(Rig.options(60_000, LookupFamily.V4_ONLY), "c" + i + ".test"));
            }
            for (int i = 0; i < 1000; i++) {
                Rig.awaitHosts(clusters.get(i), "10.0." + i / 256 + "." + i % 256 + ":8080");
            }
        }
    }

    @Test
    void aLostDatagramIsSentAgainAtOnce() throws Exception {
        dns.saysNothingOf("web.test");
        try (Rig patient = Rig.patient(dns)) {
            Cluster cluster = patient.strict(Rig.options(60_000, LookupFamily.V4_ONLY), "web.test");
            Rig.await("it is asked for", () -> dns.askedFor("web.test") == 1);
            dns.has("web.test", 60, "10.0.0.1");
            Rig.awaitHosts(cluster, "10.0.0.1:8080");
            assertThat(dns.askedFor("web.test")).isEqualTo(2);
        }
    }
}
