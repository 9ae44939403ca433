package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.h2.DeafPort;
import io.weir.http.h2.Rfc9113Cases;
import io.weir.http.h2.RawHttp2;
import io.weir.http.h2.Rfc9113Cases.Case;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of RFC 9113 about frames and streams that a client can break, broken over a socket. */
@Timeout(120)
final class Rfc9113Test {
    private static final int LATER = 101;
    private static Http2Fixture fixture;
    private static DeafPort deaf;
    private static ProxyFixture beforeDeaf;

    @BeforeAll
    static void start() throws IOException {
        fixture = new Http2Fixture(Http2Fixture.SMALL);
        deaf = new DeafPort();
        beforeDeaf = ProxyFixture.to(deaf.address(), Http2Fixture.spec(Http2Fixture.SMALL));
    }

    @AfterAll
    static void stop() throws IOException {
        fixture.close();
        beforeDeaf.close();
        deaf.close();
    }

    static List<Case> cases() {
        return Rfc9113Cases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aBrokenRuleHasItsReaction(Case one) throws Exception {
        int port = one.deaf() ? beforeDeaf.port : fixture.proxy.port;
        try (var client = one.preface() ? RawHttp2.connect(port) : RawHttp2.silent(port)) {
            one.sends().to(client);
            if (one.reaction().equals("served")) {
                assertThat(client.get(LATER, "/").answer(LATER).status).isEqualTo(200);
            } else {
                assertThat(client.reaction()).isEqualTo(one.reaction());
            }
        }
    }
}
