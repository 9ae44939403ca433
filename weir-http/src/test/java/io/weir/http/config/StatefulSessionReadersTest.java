package io.weir.http.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.hash.HashKey.MadeCookie;
import io.weir.http.codec.HeaderName;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Forward;
import io.weir.http.sticky.SessionState;
import io.weir.http.sticky.StatefulSessionSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatefulSessionReadersTest {
    private static ReadManager read(String session) {
        return ReadManager.manager(
                """
                        stat_prefix: in
                        http_filters:
                        - name: sticky
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.http.stateful_session.v3.StatefulSession
                        %s
                        - name: router
                          typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                        route_config:
                          virtual_hosts:
                          - name: all
                            domains: "*"
                            routes:
                            - match: { prefix: /off }
                              route: { cluster: a }
                              typed_per_filter_config:
                                sticky:
                                  "@type": type.googleapis.com/envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute
                                  disabled: true
                            - match: { prefix: /own }
                              route: { cluster: a }
                              typed_per_filter_config:
                                sticky:
                                  "@type": type.googleapis.com/envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute
                                  stateful_session:
                                    session_state:
                                      name: header
                                      typed_config:
                                        "@type": type.googleapis.com/envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState
                                        name: X-Seat
                            - match: { prefix: / }
                              route: { cluster: a }
                        """
                        .formatted(session.indent(4).stripTrailing()));
    }

    private static List<HttpFilterSpec> chain(HttpManagerSpec spec, int route) {
        int chain = spec.routes().hosts().getFirst().routes().get(route).action() instanceof Forward forward
                && forward.choice() instanceof ClusterChoice.Single single ? single.target().chain() : -1;
        return spec.chains().get(chain).filters();
    }

    @Test
    void theFilterAndWhatRoutesSayOfItAreRead() {
        HttpManagerSpec spec = read(
                """
                        strict: true
                        stat_prefix: s
                        session_state:
                          name: cookie
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState
                            cookie: { name: seat, ttl: 60s, path: /, attributes: [{ name: Secure }] }
                        """)
                .accepted();
        assertThat(chain(spec, 0)).isEmpty();
        assertThat(chain(spec, 1)).containsExactly(new StatefulSessionSpec(
                new SessionState.InHeader(HeaderName.of("x-seat")), false, ""));
        assertThat(chain(spec, 2)).singleElement().isInstanceOfSatisfying(StatefulSessionSpec.class, session -> {
            assertThat(session.strict()).isTrue();
            assertThat(session.statPrefix()).isEqualTo("s");
            assertThat(session.state()).isInstanceOfSatisfying(SessionState.InCookie.class, cookie -> {
                assertThat(cookie.name()).isEqualTo("seat");
                assertThat(cookie.cookie()).isEqualTo(new MadeCookie(60, "/", List.of("Secure")));
            });
        });
    }

    @Test
    void aFilterThatKeepsNothingIsToldOf() {
        assertThat(read("strict: false").problems()).singleElement().asString().startsWith("WARNING")
                .contains("session_state");
    }

    @Test
    void anEnvelopeMayNotBeAHeaderThatRewritesAreFor() {
        assertThat(read("""
                session_state:
                  name: envelope
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.http.stateful_session.envelope.v3.EnvelopeSessionState
                    header: { name: ":path" }
                """).problems()).anyMatch(problem -> problem.startsWith("ERROR") && problem.contains("header.name"));
    }
}
