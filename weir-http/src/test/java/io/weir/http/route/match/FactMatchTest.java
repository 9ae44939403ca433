package io.weir.http.route.match;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.config.ReadManager;
import io.weir.http.route.Heads;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is known of a connection decides over routes. */
final class FactMatchTest {
    private record Known(ClientCertificate clientCertificate) implements RequestFacts {
        @Override
        public String downstreamRemoteAddress() {
            return "192.0.2.7:4711";
        }

        @Override
        public String downstreamDirectRemoteAddress() {
            return "192.0.2.7:4711";
        }

        @Override
        public String downstreamLocalAddress() {
            return "198.51.100.1:443";
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            presented: true,                     true,  false, true
            presented: true,                     false, false, false
            presented: false,                    false, false, true
            'presented: true, validated: true',  true,  true,  true
            'presented: true, validated: true',  true,  false, false
            validated: false,                    true,  false, true
            '',                                  false, false, true
            """)
    void aRouteAsksForTheClientsCertificate(String asked, boolean presented, boolean validated, boolean found) {
        var routes = ReadManager.route("match: { prefix: /, tls_context: { " + asked + " } }\nroute: { cluster: a }")
                .accepted().routes();
        var route = routes.match(Heads.to("/"), 0, new Known(new ClientCertificate(presented, validated)));
        assertThat(route != null).isEqualTo(found);
    }
}
