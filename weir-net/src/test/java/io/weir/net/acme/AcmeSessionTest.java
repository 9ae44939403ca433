package io.weir.net.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.net.acme.Wire.Reply;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AcmeSessionTest {
    private static final URI ORDER = URI.create("https://authority.example/order");
    private static final Reply BAD_NONCE = new Reply(400, Map.of(),
            "{\"type\": \"urn:ietf:params:acme:error:badNonce\", \"detail\": \"used\"}");

    private final ScriptedWire wire = new ScriptedWire();
    private final SimulatedPace pace = new SimulatedPace();

    private AcmeSession session() throws Exception {
        AcmeSession session = AcmeSession.open(wire, AccountKey.make(), pace, ScriptedWire.DIRECTORY);
        session.account("ops@shop.example", true, null, null);
        return session;
    }

    @Test
    void theKeyIsShownOnceAndTheAccountNamedFromThenOnWithAFreshNonceEachTime() throws Exception {
        wire.on("/order", 201, "{}");
        AcmeSession session = session();
        session.post(ORDER, "{}");
        session.ask(ORDER);
        List<Members> headers = wire.posts.stream().map(Map.Entry::getValue).toList();
        assertThat(headers.getFirst().has("jwk")).isTrue();
        assertThat(headers.getFirst().has("kid")).isFalse();
        for (Members header : headers.subList(1, 3)) {
            assertThat(header.text("kid")).isEqualTo("https://authority.example/account/7");
            assertThat(header.has("jwk")).isFalse();
        }
        assertThat(headers).extracting(header -> header.text("nonce")).doesNotHaveDuplicates();
        assertThat(headers.get(1).text("url")).isEqualTo(ORDER.toString());
    }

    @Test
    void aRefusedNonceIsReplacedAndTheRequestSignedAnew() throws Exception {
        wire.on("/order", BAD_NONCE).on("/order", BAD_NONCE).on("/order", 201, "{\"status\": \"ready\"}");
        assertThat(session().post(ORDER, "{}").status()).isEqualTo(201);
        assertThat(wire.posts).hasSize(4);
    }

    @Test
    void anAuthorityThatRefusesEveryNonceIsGivenUp() throws Exception {
        wire.on("/order", BAD_NONCE);
        AcmeSession session = session();
        assertThatThrownBy(() -> session.post(ORDER, "{}")).isInstanceOf(AcmeFailure.class)
                .hasMessage("/order was answered 400 badNonce: used");
        assertThat(wire.posts).hasSize(11);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"120 | 120", "'Sat, 28 Nov 2026 00:10:00 GMT' | 600",
            "'Fri, 27 Nov 2026 00:00:00 GMT' | 0", "soon | 0", "-5 | 0"})
    void whatAnAuthorityAsksForIsHeard(String retryAfter, long seconds) throws Exception {
        wire.on("/order", new Reply(429, Map.of("retry-after", retryAfter),
                "{\"type\": \"urn:ietf:params:acme:error:rateLimited\", \"detail\": \"too many\"}"));
        AcmeSession session = session();
        assertThatThrownBy(() -> session.post(ORDER, "{}")).isInstanceOfSatisfying(AcmeFailure.class, failure -> {
            assertThat(failure.type()).isEqualTo("rateLimited");
            assertThat(failure.retryAfterSeconds()).isEqualTo(seconds);
        });
    }

    @Test
    void termsThatNobodyAgreedToEndIt() throws Exception {
        AcmeSession session = AcmeSession.open(wire, AccountKey.make(), pace, ScriptedWire.DIRECTORY);
        assertThatThrownBy(() -> session.account("", false, null, null))
                .hasMessageContaining("https://authority.example/terms");
        assertThat(wire.posts).isEmpty();
    }

    @Test
    void aDirectoryWithoutHttpsIsNotRead() {
        assertThatThrownBy(() -> AcmeSession.open(wire, AccountKey.make(), pace, "http://authority.example/dir"))
                .hasMessageContaining("no https URL");
    }
}
