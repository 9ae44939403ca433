package io.weir.net.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.core.tls.AcmeSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Orders that stand in for another certificate. */
final class IssuanceTest {
    private final ScriptedWire wire = new ScriptedWire().withRenewalInfo();
    private final SimulatedPace pace = new SimulatedPace();

    private Issuance issuance() throws Exception {
        AcmeSession session = AcmeSession.open(wire, AccountKey.make(), pace, ScriptedWire.DIRECTORY);
        session.account("", true, null, null);
        return new Issuance(session, new AcmeSpec("shop.example", List.of("shop.example"), ScriptedWire.DIRECTORY, "",
                true, "unused", AcmeSpec.Challenge.HTTP_01, AcmeSpec.KeyKind.ECDSA_P256, null, null),
                new Challenges(), pace);
    }

    private static Wire.Reply refused(int status, String type) {
        return new Wire.Reply(status, Map.of(),
                "{\"type\": \"urn:ietf:params:acme:error:" + type + "\", \"detail\": \"no\"}");
    }

    @Test
    void anAuthorityThatRefusesToReplaceACertificateIsAskedForOneThatReplacesNone() throws Exception {
        wire.on("/order", refused(409, "alreadyReplaced")).on("/order", 500, "broken");
        Issuance issuance = issuance();
        assertThatThrownBy(() -> issuance.run("the.one")).hasMessageContaining("500");
        List<Members> orders = wire.said("/order");
        assertThat(orders).hasSize(2);
        assertThat(orders.getFirst().text("replaces")).isEqualTo("the.one");
        assertThat(orders.getLast().has("replaces")).isFalse();
        assertThat(orders.getLast().each("identifiers")).hasSize(1);
    }

    @Test
    void anAuthorityThatIsAskedTooOftenIsNotAskedOnceMore() throws Exception {
        wire.on("/order", refused(429, "rateLimited"));
        Issuance issuance = issuance();
        assertThatThrownBy(() -> issuance.run("the.one")).hasMessageContaining("rateLimited");
        assertThat(wire.said("/order")).hasSize(1);
    }

    @Test
    void anOrderThatReplacesNothingIsNotMadeTwice() throws Exception {
        wire.on("/order", refused(403, "unauthorized"));
        Issuance issuance = issuance();
        assertThatThrownBy(() -> issuance.run(null)).hasMessageContaining("unauthorized");
        assertThat(wire.said("/order")).hasSize(1);
    }
}
