package io.weir.stream.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TunnelingConfig;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TunnelingReaderTest {
    private final ReadContext context = ReadContext.standalone(Extensions.basic());

    @Test
    void aTunnelIsByConnectUnlessItIsByPost() {
        TunnelingSpec connect = TunnelingReader.read(TunnelingConfig.newBuilder().setHostname("a:1").build(), context);
        TunnelingSpec post = TunnelingReader.read(TunnelingConfig.newBuilder().setHostname("a:1").setUsePost(true)
                .build(), context);
        assertThat(Objects.requireNonNull(connect).postPath()).isNull();
        assertThat(connect.keepsHead() || connect.keepsTrailers()).isFalse();
        assertThat(Objects.requireNonNull(post).postPath()).isEqualTo("/");
        assertThat(context.problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"host", "Content-Length", ":path", "a b", ""})
    void whatFramesTheRequestIsNotTheConfigurationsToSay(String name) {
        assertThat(TunnelingReader.read(TunnelingConfig.newBuilder().setHostname("a:1").addHeadersToAdd(
                HeaderValueOption.newBuilder().setHeader(HeaderValue.newBuilder().setKey(name).setValue("x"))).build(),
                context)).isNull();
        assertThat(context.problems()).singleElement().asString().contains("headers_to_add[0].header.key");
    }

    @Test
    void aPathThatIsNoneAndAFormatThatIsWrongAreRefused() {
        assertThat(TunnelingReader.read(TunnelingConfig.newBuilder().setHostname("a:1").setPostPath("/x").build(),
                context)).isNull();
        assertThat(TunnelingReader.read(TunnelingConfig.newBuilder().setHostname("a:1").setUsePost(true)
                .setPostPath("x").build(), context)).isNull();
        assertThat(TunnelingReader.read(TunnelingConfig.newBuilder().setHostname("%NOPE%").build(), context)).isNull();
        assertThat(context.problems()).hasSize(3);
    }
}
