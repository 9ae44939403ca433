package io.weir.http.config.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.config.ReadManager;
import io.weir.http.tunnel.UpgradeRules;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class UpgradeReaderTest {
    private static final String ROUTES = "route_config: { virtual_hosts: [] }\n";

    @Test
    void whatAManagerAllowsIsReadWithoutCase() {
        var read = ReadManager.withRouter(ROUTES + """
                http2_protocol_options: { allow_connect: true }
                upgrade_configs:
                - { upgrade_type: WebSocket }
                - { upgrade_type: connect, enabled: false }
                - { upgrade_type: SPDY/3.1 }
                """);
        assertThat(read.problems()).isEmpty();
        var spec = Objects.requireNonNull(read.spec());
        assertThat(spec.upgrades()).isEqualTo(new UpgradeRules(
                Map.of("websocket", true, UpgradeRules.CONNECT, false, "spdy/3.1", true), false, false));
        assertThat(spec.http2().allowConnect()).isTrue();
    }

    @Test
    void aRouteSaysWhetherATunnelEndsHere() {
        var read = ReadManager.action("""
                route:
                  cluster: a
                  upgrade_configs: [{ upgrade_type: CONNECT, connect_config: { allow_post: true } }]
                """);
        assertThat(read.problems()).isEmpty();
        var route = Objects.requireNonNull(read.spec()).routes().hosts().getFirst().routes().getFirst();
        assertThat(route.note(UpgradeRules.class))
                .isEqualTo(new UpgradeRules(Map.of(UpgradeRules.CONNECT, true), true, true));
    }

    @Test
    void whatCannotBeIsSaid() {
        assertThat(ReadManager.withRouter(ROUTES + """
                upgrade_configs:
                - { upgrade_type: h2c }
                - { upgrade_type: "web socket" }
                - { upgrade_type: a }
                - { upgrade_type: A }
                """).problems()).hasSize(3)
                .anySatisfy(p -> assertThat(p).contains("upgrade_configs[0].upgrade_type", "HTTP/2 itself"))
                .anySatisfy(p -> assertThat(p).contains("upgrade_configs[1].upgrade_type", "not the name"))
                .anySatisfy(p -> assertThat(p).contains("upgrade_configs[3].upgrade_type", "already"));
        assertThat(ReadManager.action("""
                route: { cluster: a, upgrade_configs: [{ upgrade_type: websocket, connect_config: {} }] }
                """).problems()).singleElement().asString().contains("connect_config", "only the tunnel of a CONNECT");
    }
}
