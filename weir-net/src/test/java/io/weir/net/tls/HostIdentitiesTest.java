package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.HostSockets;
import io.weir.core.tls.ServerTls;
import io.weir.core.tls.ValidationSpec;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What hosts see of who connects, and what keys are exchanged by, between both sides of Weir. */
class HostIdentitiesTest {
    private final Certificates certificates = Certificates.make();

    private CommonTls common(Issued own) {
        return CommonTls.DEFAULT.withCertificates(List.of(SecuredEcho.spec(own)))
                .withValidation(new ValidationSpec(new DataSource.File(certificates.authority().toString()), false,
                        null, false, List.of(), List.of(), List.of(), ValidationSpec.DEPTH_DEFAULT, false, false,
                        null));
    }

    private ClientTls client(String name) {
        return ClientTls.of(common(certificates.issue(name, "DNS:" + name)), "host.example");
    }

    private HostSockets.Match match(String who, String identity) {
        return new HostSockets.Match(identity, Map.of("who", who), client(identity));
    }

    @Test
    void eachHostOfAClusterIsShownTheCertificateOfTheSocketThatItsMetadataChoose() throws Exception {
        ServerTls server = ServerTls.of(common(certificates.issue("host", "DNS:host.example")))
                .withClientCertificates(true);
        try (certificates;
                TlsServer tls = TlsServer.open(server);
                SecuredEcho first = new SecuredEcho(tls);
                SecuredEcho second = new SecuredEcho(tls);
                SecuredEcho other = new SecuredEcho(tls)) {
            ClusterSpec cluster = ClusterSpec.of("hosts", List.of());
            Map<String, Object> extensions = new HashMap<>(cluster.extensions());
            extensions.put(HostSockets.KEY, new HostSockets(client("otherwise.example"),
                    List.of(match("first", "one.example"), match("second", "two.example"))));
            ClusterSpec opened = HostTls.opened(cluster.withExtensions(extensions), null,
                    first.stats.root().child("cluster"), SecretSource.NONE);
            for (int i = 0; i < 2; i++) { // a session that is taken up shows the same
                sees(first, opened, "first", "one.example");
                sees(second, opened, "second", "two.example");
                sees(other, opened, "third", "otherwise.example");
                sees(other, opened, "first", "one.example");
            }
            Objects.requireNonNull(HostTls.of(opened)).release();
        }
    }

    private static void sees(SecuredEcho host, ClusterSpec cluster, String who, String identity) throws Exception {
        Endpoint endpoint = Endpoint.of(host.address())
                .withMetadata(Map.of(HostSockets.METADATA, Map.of("who", who)));
        Channel channel = host.connect((worker, options, handler) -> HostTls.connect(worker, cluster, host.address(),
                endpoint, null, options, Offer.NOTHING, handler));
        assertThat(Objects.requireNonNull(host.session().peer()).subject()).isEqualTo("CN=" + identity + ",O=Weir");
        channel.close().sync();
        host.ended();
    }

    @Test
    void keysAreExchangedInAWayThatNoQuantumComputerIsKnownToBreakUnlessTheOtherSideHasNone() throws Exception {
        try (certificates;
                TlsServer tls = TlsServer.open(ServerTls.of(common(certificates.issue("host", "DNS:host.example"))));
                SecuredEcho echo = new SecuredEcho(tls)) {
            TlsClient client = TlsClient.open(client("client.example"), SecretSource.NONE,
                    new TlsStats(echo.stats.root().child("cluster")));
            echo.connect(client).close().sync();
            echo.ended();
            for (String side : List.of("listener", "cluster")) {
                assertThat(echo.stats.root().child(side).child("ssl").child("curves").counter("X25519MLKEM768").value())
                        .as(side).isEqualTo(1);
            }
            assertThat(echo.session().group()).isEqualTo("X25519MLKEM768");
            echo.speak(SecuredEcho.client(null), "TLSv1.3", null);
            assertThat(echo.session().group()).as("with the JDK, which has none").isNotEqualTo("X25519MLKEM768");
            client.release();
        }
    }
}
