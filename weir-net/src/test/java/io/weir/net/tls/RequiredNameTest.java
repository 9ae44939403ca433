package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.core.tls.CommonTls;
import io.weir.core.tls.ServerTls;
import io.weir.testkit.Certificates;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class RequiredNameTest {
    @Test
    void whoAsksForNoNameOrForOneOfNoCertificateIsToldThatItIsNotKnown() throws Exception {
        try (Certificates certificates = Certificates.make()) {
            ServerTls spec = ServerTls.of(CommonTls.DEFAULT.withCertificates(
                    List.of(SecuredEcho.spec(certificates.issue("named", "DNS:named.example,DNS:*.wild.example")))));
            try (TlsServer server = TlsServer.open(spec.withRequiredSni());
                    SecuredEcho echo = new SecuredEcho(server)) {
                for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                    for (String name : List.of("named.example", "NAMED.example", "a.wild.example")) {
                        echo.speak(SecuredEcho.client(null), version, name);
                        assertThat(echo.session().serverName()).isEqualToIgnoringCase(name);
                        echo.ended();
                    }
                    assertThatThrownBy(() -> echo.speak(SecuredEcho.client(null), version, null))
                            .isInstanceOf(SSLHandshakeException.class).hasMessageContaining("unrecognized_name");
                    assertThat(TlsServer.failure(echo.ended()))
                            .isEqualTo("TLS error: it asks for no name, and require_sni wants one");
                    assertThatThrownBy(() -> echo.speak(SecuredEcho.client(null), version, "other.example"))
                            .isInstanceOf(SSLHandshakeException.class).hasMessageContaining("unrecognized_name");
                    assertThat(TlsServer.failure(echo.ended())).isEqualTo("TLS error: no certificate is for the name"
                            + " that it asks for, and require_sni wants one");
                }
                for (byte[] first : List.of(new byte[]{22, 3, 1, 0, 0}, new byte[]{21, 3, 1, 0, 2, 1, 90},
                        "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII))) {
                    try (Socket client = new Socket(echo.address().getAddress(), echo.address().getPort())) {
                        client.getOutputStream().write(first); // an empty record, a warning, no TLS at all
                        assertThat(TlsServer.failure(echo.ended())).isEqualTo("TLS error: it does not begin with a"
                                + " ClientHello, and require_sni wants the name in one");
                    }
                }
                assertThat(echo.count("connection_error")).isEqualTo(7);
                assertThat(echo.count("handshake")).isEqualTo(6);
            }
        }
    }
}
