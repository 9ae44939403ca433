package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.weir.core.stats.Scope;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.ServerTls;
import io.weir.testkit.Certificates.Issued;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is told of a connection to a host that breaks behind its handshake. */
class BrokenSessionTest {
    @RegisterExtension
    static final SharedCertificates ALL = new SharedCertificates();

    @Test
    void theFirstFailureIsToldAndCountedAndNotWhatFollowsFromIt() throws Exception {
        Issued own = ALL.all().issue("broken", "DNS:broken.example");
        try (TlsServer server = TlsServer
                .open(ServerTls.of(CommonTls.DEFAULT.withCertificates(List.of(SecuredEcho.spec(own)))));
                SecuredEcho echo = new SecuredEcho(server)) {
            Scope cluster = echo.stats.root().child("cluster");
            TlsClient client = TlsClient.open(ClientTls.of(CommonTls.DEFAULT, "broken.example"), SecretSource.NONE,
                    new TlsStats(cluster));
            Channel channel = echo.connect(client);
            TlsSession session = Objects.requireNonNull(TlsSession.of(channel));
            assertThat(session.failure()).isNull();
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                    // whose connection it is looks at the session
                }
            });
            channel.eventLoop().submit(() -> {
                channel.pipeline().fireExceptionCaught(new SSLException("an alert of the host's"));
                channel.pipeline().fireExceptionCaught(new SSLException("a write has failed"));
            }).get(SecuredEcho.PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(session.failure()).contains("an alert of the host's");
            assertThat(cluster.child("ssl").counter("connection_error").value()).isEqualTo(1);
            channel.close().await(SecuredEcho.PATIENCE_SECONDS, TimeUnit.SECONDS);
            client.release();
        }
    }
}
