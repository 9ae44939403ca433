package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.stats.Stats;
import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.ServerTls;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Listener;
import io.weir.net.transport.Workers;
import io.weir.testkit.AnyCertificate;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Whose order of suites counts, with the JDK's own TLS as the client. */
class SuiteOrderTest {
    private static final String AES_128 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String AES_256 = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
    private static final String CHACHA = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";

    /** What is agreed on with a client of TLS 1.2 that likes these suites, the best first. */
    private static String agreed(ServerTls spec, String... liked) throws Exception {
        Workers workers = Workers.start(1);
        TlsServer server = TlsServer.open(spec);
        try {
            var stats = new Stats().root();
            Acceptor securing = server.before((_, _) -> {
            }, new TlsStats(stats), stats.counter("late"), 0);
            try (Listener listener = Listener.bind(workers, ListenOptions.of(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), ChannelSettings.MESSAGES), securing);
                    SSLSocket socket = (SSLSocket) AnyCertificate.context().getSocketFactory().createSocket(
                            InetAddress.getLoopbackAddress(), ((InetSocketAddress) listener.localAddress())
                                    .getPort())) {
                socket.setSoTimeout(20_000);
                socket.setEnabledProtocols(new String[]{"TLSv1.2"});
                socket.setEnabledCipherSuites(liked);
                socket.startHandshake();
                return socket.getSession().getCipherSuite();
            }
        } finally {
            workers.close();
            server.close();
        }
    }

    @Test
    void clientsChooseAmongEquallyGoodSuitesAndServersAmongOthersUnlessTheyPreferTheirClientsOrder() throws Exception {
        try (Certificates certificates = Certificates.make()) {
            Issued issued = certificates.issue("ordered", "DNS:ordered.example");
            ServerTls ours = ServerTls.of(CommonTls.DEFAULT.withCertificates(List.of(new CertificateSpec(
                    new DataSource.File(issued.chain().toString()), new DataSource.File(issued.key().toString()), null,
                    null, null, null))));
            assertThat(agreed(ours, CHACHA, AES_128)).isEqualTo(CHACHA);
            assertThat(agreed(ours, AES_128, CHACHA)).isEqualTo(AES_128);
            assertThat(agreed(ours, AES_256, AES_128)).isEqualTo(AES_128);
            var theirs = new ServerTls(ours.common(), false, ours.tickets(), ours.sessionCache(),
                    ours.sessionSeconds(), ours.staples(), ours.scansAll(), true, false);
            assertThat(agreed(theirs, AES_256, AES_128)).isEqualTo(AES_256);
        }
    }
}
