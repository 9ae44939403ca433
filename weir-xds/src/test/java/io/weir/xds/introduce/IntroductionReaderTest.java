package io.weir.xds.introduce;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.socket.ProxyHeaderSpec;
import io.weir.core.socket.Tlv;
import io.weir.core.socket.TlvChoice;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.HostSockets;
import io.weir.core.tls.ProxiedSocket;
import io.weir.core.tls.SocketSpec;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.StandIns;
import io.weir.xds.resource.Problem;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntroductionReaderTest {
    private static final String TYPES = "type.googleapis.com/envoy.extensions.transport_sockets.";
    private static final String RAW = "transport_socket: { name: envoy.transport_sockets.raw_buffer }";

    private static Compiled compiled(String inside) {
        return ConfigFile.compile("test.yaml",
                """
                        static_resources:
                          clusters:
                          - name: a
                            load_assignment: { cluster_name: a }
                            transport_socket: { name: p, typed_config: { "@type": %sproxy_protocol.v3.ProxyProtocolUpstreamTransport,
                              %s } }
                        """
                        .formatted(TYPES, inside),
                StandIns.extensions());
    }

    private static SocketSpec socket(String inside) {
        Compiled compiled = compiled(inside);
        assertThat(compiled).isInstanceOf(Compiled.Accepted.class);
        return ((HostSockets) Objects.requireNonNull(((Compiled.Accepted) compiled).snapshot().clusters().getFirst()
                .extensions().get(HostSockets.KEY))).otherwise();
    }

    @Test
    void versionValuesAndWhatIsInsideArrive() {
        assertThat(socket(RAW)).as("version 1 is Envoy's default").isEqualTo(
                new ProxiedSocket(new ProxyHeaderSpec(1, TlvChoice.NONE, List.of()), new SocketSpec.Plain()));
        assertThat(socket("config: { version: V2, added_tlvs: [ { type: 224, value: /wB4 } ], pass_through_tlvs:"
                + " { match_type: INCLUDE, tlv_type: [ 5, 234 ] } }, " + RAW)).isEqualTo(new ProxiedSocket(
                        new ProxyHeaderSpec(2, new TlvChoice(false, Set.of(5, 234)),
                                List.of(new Tlv(224, "\u00ff\0x"))),
                        new SocketSpec.Plain()));
        assertThat(socket("config: { version: V2, pass_through_tlvs: {} }, transport_socket: { name: t, typed_config:"
                + " { '@type': " + TYPES + "tls.v3.UpstreamTlsContext, sni: a.example } }"))
                .isInstanceOfSatisfying(ProxiedSocket.class, socket -> {
                    assertThat(socket.header().passed()).isEqualTo(TlvChoice.ALL);
                    assertThat(socket.inner()).isInstanceOf(ClientTls.class);
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            config: { added_tlvs: [ { type: 256, value: aGk= } ] }                       | added_tlvs[0].type: the type of a value is one byte (256)
            config: { version: V2, pass_through_tlvs: { match_type: INCLUDE, tlv_type: [ 300 ] } } | tlv_type[0]: the type of a value is one byte (300)
            config: { version: V2, added_tlvs: [ { type: 1, format_string: { text_format_source: { inline_string: x } } } ] } | format_string: Weir tells hosts only what stands
            """)
    void whatCannotBeWrittenIsRefused(String inside, String expected) {
        assertThat(compiled(inside + ", " + RAW)).isInstanceOfSatisfying(Compiled.Rejected.class,
                rejected -> assertThat(rejected.problems()).filteredOn(Problem::isError).singleElement().asString()
                        .contains(expected));
    }

    @Test
    void aHeadBeforeAHeadIsRefused() {
        String twice = "transport_socket: { name: p, typed_config: { '@type': " + TYPES
                + "proxy_protocol.v3.ProxyProtocolUpstreamTransport, " + RAW + " } }";
        assertThat(compiled(twice)).isInstanceOfSatisfying(Compiled.Rejected.class,
                rejected -> assertThat(rejected.problems()).asString().contains("a connection begins with one header"));
    }
}
