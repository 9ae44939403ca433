package io.weir.net.acme;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.tls.AcmeSpec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes of an authority that does not do its work; a real one that does is in the tests of the whole Weir. */
final class AcmeAgentTest {
    @TempDir
    Path folder = Path.of("");

    private final ScriptedWire wire = new ScriptedWire();
    private final SimulatedPace pace = new SimulatedPace();
    private final AtomicInteger changes = new AtomicInteger();
    private final Scope scope = new Stats().root();

    private AcmeSpec spec() {
        return spec(ScriptedWire.DIRECTORY);
    }

    private AcmeSpec spec(String directory) {
        return new AcmeSpec("shop.example", List.of("shop.example"), directory, "", true,
                folder.toString(), AcmeSpec.Challenge.HTTP_01, AcmeSpec.KeyKind.ECDSA_P256, null, null);
    }

    private AcmeAgent agent() {
        AcmeAgent agent = new AcmeAgent(spec(), _ -> wire, new Challenges(), new ReentrantLock(), pace,
                changes::incrementAndGet, scope);
        agent.look();
        return agent;
    }

    /** Keeps a certificate that began now and holds for a week. */
    private void keep(String name) throws IOException {
        keep(name, spec());
    }

    private void keep(String name, AcmeSpec asked) throws IOException {
        ChallengeCertificate made = ChallengeCertificate.make(name, "x.y", pace.now());
        X509Certificate certificate = made.certificate();
        CertificateStore.open(folder.toString()).keep(asked, new Issuance.Issued(List.of(certificate),
                new KeyPair(certificate.getPublicKey(), made.key())));
    }

    private Duration step(AcmeAgent agent) throws InterruptedException {
        Duration wait = agent.step();
        pace.pause(wait);
        return wait;
    }

    @Test
    void failuresAreCountedAndTriedAgainTwiceAsLateEachTime() throws Exception {
        wire.unreachable = true;
        AcmeAgent agent = agent();
        assertThat(step(agent)).isEqualTo(Duration.ofMinutes(1));
        assertThat(step(agent)).isEqualTo(Duration.ofMinutes(2));
        assertThat(step(agent)).isEqualTo(Duration.ofMinutes(4));
        assertThat(scope.counter("failed").value()).isEqualTo(3);
        assertThat(scope.gauge("ready").value()).isZero();
        assertThat(changes).hasValue(0);
    }

    @Test
    void anAuthorityThatIsAskedTooOftenIsLeftAloneAsLongAsItSays() throws Exception {
        wire.on("/order", new Wire.Reply(429, Map.of("retry-after", "7200"),
                "{\"type\": \"urn:ietf:params:acme:error:rateLimited\", \"detail\": \"too many\"}"));
        assertThat(step(agent())).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void aCertificateThatHoldsIsLeftAloneAndTheAuthorityNotAsked() throws Exception {
        keep("shop.example");
        AcmeAgent agent = agent();
        wire.unreachable = true;
        assertThat(step(agent)).isPositive().isLessThanOrEqualTo(Duration.ofMinutes(10));
        assertThat(scope.gauge("ready").value()).isEqualTo(1);
        assertThat(scope.gauge("expires_in_seconds").value()).isCloseTo(Duration.ofDays(7).toSeconds(),
                org.assertj.core.data.Offset.offset(601L));
        assertThat(wire.posts).isEmpty();
        assertThat(scope.counter("failed").value()).isZero();
    }

    @Test
    void aThirdOfItsLifeBeforeItsEndACertificateIsRenewedAndStaysWhereThatFails() throws Exception {
        keep("shop.example");
        AcmeAgent agent = agent();
        wire.unreachable = true;
        Duration waited = Duration.ZERO;
        while (scope.counter("failed").value() == 0) {
            waited = waited.plus(step(agent));
        }
        assertThat(waited).isBetween(Duration.ofHours(104), Duration.ofHours(113));
        assertThat(Objects.requireNonNull(CertificateStore.certificate(spec())).fits(spec())).isTrue();
        assertThat(scope.gauge("ready").value()).isEqualTo(1);
    }

    @Test
    void aCertificateForOtherNamesIsReplacedAtOnce() throws Exception {
        keep("other.example");
        wire.on("/order", 500, "broken");
        step(agent());
        assertThat(wire.posts).extracting(Map.Entry::getKey).containsExactly("/account", "/order");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsReplacedAtOnce() throws Exception {
        keep("shop.example", spec("https://staging.example/dir"));
        wire.on("/order", 500, "broken");
        step(agent());
        assertThat(wire.posts).extracting(Map.Entry::getKey).containsExactly("/account", "/order");
    }

    @Test
    void aFaultOfWeirsOwnIsAFailureLikeAnyOtherAndTriedAgain() throws Exception {
        AcmeAgent agent = new AcmeAgent(spec(), _ -> {
            throw new IllegalStateException("a fault");
        }, new Challenges(), new ReentrantLock(), pace, changes::incrementAndGet, scope);
        assertThat(step(agent)).isEqualTo(Duration.ofMinutes(1));
        assertThat(step(agent)).isEqualTo(Duration.ofMinutes(2));
        assertThat(scope.counter("failed").value()).isEqualTo(2);
    }

    /** The clock here, or that of the authority, is wrong: each certificate is due when it comes. */
    private void restsAfter(Duration life, Duration rest) throws Exception {
        var authority = new WorkingAuthority("shop.example", pace.now().minus(Duration.ofDays(365)), life);
        AcmeAgent agent = new AcmeAgent(spec(), _ -> authority, new Challenges(), new ReentrantLock(), pace,
                changes::incrementAndGet, scope);
        Instant begun = pace.now();
        while (authority.orders < 2) {
            step(agent);
        }
        assertThat(Duration.between(begun, pace.now())).isBetween(rest, rest.plusSeconds(1));
        assertThat(scope.counter("issued").value() + scope.counter("renewed").value()).isEqualTo(2);
        assertThat(scope.counter("failed").value()).isZero();
    }

    @Test
    void certificatesThatAreDueWhenTheyComeAreAskedForOnceAnHour() throws Exception {
        restsAfter(Duration.ofDays(90), Duration.ofHours(1));
    }

    @Test
    void certificatesOfAShortLifeAreAskedForOnceInATenthOfIt() throws Exception {
        restsAfter(Duration.ofMinutes(100), Duration.ofMinutes(10));
    }

    @Test
    void whatAnotherProcessHasRenewedIsTakenUp() throws Exception {
        keep("shop.example");
        AcmeAgent agent = agent();
        step(agent);
        assertThat(changes).hasValue(0);
        keep("shop.example");
        step(agent);
        assertThat(changes).hasValue(1);
        assertThat(wire.posts).isEmpty();
    }

    @Test
    void whileAnotherProcessHasACertificateIssuedNothingIsAsked() throws Exception {
        try (Closeable _ = CertificateStore.open(folder.toString()).lock()) {
            assertThat(step(agent())).isEqualTo(Duration.ofSeconds(30));
        }
        assertThat(wire.posts).isEmpty();
        assertThat(scope.counter("failed").value()).isZero();
    }
}
