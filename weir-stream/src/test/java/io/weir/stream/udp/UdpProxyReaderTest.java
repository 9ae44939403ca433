package io.weir.stream.udp;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.Matcher;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt64Value;
import io.envoyproxy.envoy.extensions.filters.udp.udp_proxy.v3.Route;
import io.envoyproxy.envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig;
import io.weir.stream.tcp.TcpProxyReader;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UdpProxyReaderTest {
    private final ReadContext context = ReadContext.standalone(TcpProxyReader.addTo(Extensions.basic()));

    private static Matcher to(String cluster) {
        return Matcher.newBuilder().setOnNoMatch(Matcher.OnMatch.newBuilder().setAction(TypedExtensionConfig
                .newBuilder().setTypedConfig(Any.pack(Route.newBuilder().setCluster(cluster).build())))).build();
    }

    @Test
    void everyFieldArrives() {
        UdpProxyConfig.Builder config = UdpProxyConfig.newBuilder().setStatPrefix("s").setMatcher(to("dns"))
                .setIdleTimeout(Duration.newBuilder().setSeconds(5)).setUsePerPacketLoadBalancing(true)
                .setUseOriginalSrcIp(true);
        config.addHashPoliciesBuilder().setSourceIp(true);
        config.addHashPoliciesBuilder().setKey("k");
        config.getUpstreamSocketConfigBuilder().setMaxRxDatagramSize(UInt64Value.of(4096));
        UdpProxySpec read = new UdpProxyReader().read(config.build(), context);
        assertThat(context.clustersReferenced()).containsExactly("dns");
        assertThat(read).isEqualTo(new UdpProxySpec("s", "dns", TimeUnit.SECONDS.toNanos(5), true,
                List.of(new UdpProxySpec.HashKey.SourceIp(), new UdpProxySpec.HashKey.Constant("k")), 4096,
                List.of(), true));
    }

    @Test
    void defaultsAreEnvoys() {
        assertThat(new UdpProxyReader().read(UdpProxyConfig.newBuilder().setStatPrefix("s").setMatcher(to("dns"))
                .build(), context)).isEqualTo(UdpProxySpec.of("s", "dns"));
    }

    @Test
    void aChoiceAmongClustersIsRefused() {
        Matcher list = Matcher.newBuilder().setMatcherList(Matcher.MatcherList.getDefaultInstance()).build();
        assertThat(new UdpProxyReader().read(UdpProxyConfig.newBuilder().setMatcher(list).build(), context)).isNull();
        assertThat(context.problems()).singleElement()
                .satisfies(problem -> assertThat(problem.toString()).contains("matcher.matcher_list"));
    }

    @Test
    void aSessionWithoutEndIsRefused() {
        assertThat(new UdpProxyReader().read(UdpProxyConfig.newBuilder().setMatcher(to("dns"))
                .setIdleTimeout(Duration.getDefaultInstance()).build(), context)).isNull();
        assertThat(context.problems()).singleElement()
                .satisfies(problem -> assertThat(problem.toString()).contains("idle_timeout"));
    }
}
