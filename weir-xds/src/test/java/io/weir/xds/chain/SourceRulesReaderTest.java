package io.weir.xds.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.socket.SocketOption;
import io.weir.core.socket.SocketRules;
import io.weir.core.socket.SourceRules;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.StandIns;
import io.weir.xds.resource.Problem;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceRulesReaderTest {
    private static Compiled compiled(String bind) {
        return ConfigFile.compile("test.yaml", """
                static_resources:
                  clusters: [ { name: a, load_assignment: { cluster_name: a }, upstream_bind_config: { %s } } ]
                """.formatted(bind), StandIns.extensions());
    }

    private static SourceRules rules(String bind) {
        Compiled compiled = compiled(bind);
        assertThat(compiled).isInstanceOf(Compiled.Accepted.class);
        return (SourceRules) Objects.requireNonNull(((Compiled.Accepted) compiled).snapshot().clusters().getFirst()
                .extensions().get(SourceRules.KEY));
    }

    private static SocketOption option(int name) {
        return new SocketOption("", 6, name, new SocketOption.Whole(1), SocketOption.When.PREBIND);
    }

    @Test
    void theFirstSourceOfTheHostsFamilyCountsWithItsOwnOptions() {
        SourceRules rules = rules("source_address: { address: 10.0.0.5, port_value: 0 }, freebind: true,"
                + " socket_options: [ { level: 6, name: 2, int_value: 1 } ], extra_source_addresses: [ { address:"
                + " { address: 'fd00::5', port_value: 7 }, socket_options: { socket_options:"
                + " [ { level: 6, name: 3, int_value: 1 } ] } } ]");
        SourceRules.Source four = rules.towards(InetAddress.ofLiteral("192.0.2.1"));
        SourceRules.Source six = rules.towards(InetAddress.ofLiteral("2001:db8::1"));
        assertThat(Objects.requireNonNull(four).address())
                .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("10.0.0.5"), 0));
        assertThat(Objects.requireNonNull(six).address())
                .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("fd00::5"), 7));
        assertThat(rules.socket(four)).isEqualTo(new SocketRules(false, true, -1, 0, false, List.of(option(2))));
        assertThat(rules.socket(six).options()).containsExactly(option(3));
        assertThat(rules("source_address: { address: 10.0.0.5, port_value: 0 }")
                .towards(InetAddress.ofLiteral("2001:db8::1"))).as("the system chooses").isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            source_address: { address: me.example, port_value: 0 }  | source_address.address: a source is an IP address of this machine (me.example)
            extra_source_addresses: [ { address: { address: 10.0.0.1, port_value: 0 } }, { address: { address: 10.0.0.2, port_value: 0 } } ] | extra_source_addresses[1].address.address: there is a source of this family already
            socket_options: [ { level: 6, name: 2, int_value: 1, state: STATE_LISTENING } ] | socket_options[0].state: these sockets do not listen
            socket_options: [ { level: 6, name: 2, int_value: 1, state: STATE_BOUND } ] | socket_options[0].state: a socket is bound and put to use in one step
            local_address_selector: { name: x }                     | local_address_selector: Weir has one rule
            """)
    void whatCannotBeASourceIsRefused(String bind, String expected) {
        assertThat(compiled(bind)).isInstanceOfSatisfying(Compiled.Rejected.class,
                rejected -> assertThat(rejected.problems()).filteredOn(Problem::isError).asString().contains(expected));
    }
}
