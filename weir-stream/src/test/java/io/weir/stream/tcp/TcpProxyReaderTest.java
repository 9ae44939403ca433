package io.weir.stream.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight;
import io.envoyproxy.envoy.type.v3.HashPolicy;
import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys;
import io.weir.stream.tcp.TcpProxySpec.Target;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TcpProxyReaderTest {
    private final Extensions extensions = TcpProxyReader.addTo(Extensions.basic());
    private final ReadContext context = ReadContext.standalone(extensions);

    private TcpProxySpec read(TcpProxy.Builder config) {
        return Objects.requireNonNull(new TcpProxyReader().read(config.build(), context));
    }

    @Test
    void theTypeIsKnownByEnvoysName() {
        assertThat(extensions.types()).contains("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy");
    }

    @Test
    void defaultsAreEnvoys() {
        TcpProxySpec spec = read(TcpProxy.newBuilder().setStatPrefix("db").setCluster("postgres"));
        assertThat(spec).isEqualTo(TcpProxySpec.of("db", "postgres"));
        assertThat(spec.idleTimeoutNanos()).isEqualTo(TimeUnit.HOURS.toNanos(1));
        assertThat(spec.connectAttemptsMax()).isEqualTo(1);
        assertThat(spec.connectionDurationMaxNanos()).isZero();
        assertThat(context.clustersReferenced()).containsExactly("postgres");
        assertThat(context.problems()).isEmpty();
    }

    @Test
    void everyHonouredFieldIsRead() {
        TcpProxySpec spec = read(TcpProxy.newBuilder().setStatPrefix("db")
                .setWeightedClusters(WeightedCluster.newBuilder()
                        .addClusters(ClusterWeight.newBuilder().setName("a").setWeight(3))
                        .addClusters(ClusterWeight.newBuilder().setName("b").setWeight(-1)))
                .setIdleTimeout(Duration.newBuilder().setSeconds(5).setNanos(500))
                .setMaxConnectAttempts(UInt32Value.of(4))
                .setMaxDownstreamConnectionDuration(Duration.newBuilder().setSeconds(60)));
        // -1 is how Java holds the largest uint32
        assertThat(spec.targets()).containsExactly(new Target("a", 3), new Target("b", 4_294_967_295L));
        assertThat(spec.idleTimeoutNanos()).isEqualTo(5_000_000_500L);
        assertThat(spec.connectAttemptsMax()).isEqualTo(4);
        assertThat(spec.connectionDurationMaxNanos()).isEqualTo(TimeUnit.MINUTES.toNanos(1));
        assertThat(context.clustersReferenced()).containsExactly("a", "b");
    }

    @Test
    void anIdleTimeoutOfZeroMeansNever() {
        assertThat(read(TcpProxy.newBuilder().setStatPrefix("db").setCluster("a")
                .setIdleTimeout(Duration.getDefaultInstance())).idleTimeoutNanos()).isZero();
    }

    @Test
    void aNegativeIdleTimeoutIsAProblemThatNamesItsField() {
        assertThat(new TcpProxyReader().read(TcpProxy.newBuilder().setStatPrefix("db").setCluster("a")
                .setIdleTimeout(Duration.newBuilder().setSeconds(-1)).build(), context)).isNull();
        assertThat(context.problems()).singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("idle_timeout"));
    }

    @Test
    void theSourceIpIsHashedWhereThePolicySaysSoAndFilterStateIsToldToFindNothing() {
        TcpProxySpec spec = read(TcpProxy.newBuilder().setStatPrefix("db").setCluster("a")
                .addHashPolicy(HashPolicy.newBuilder().setSourceIp(HashPolicy.SourceIp.getDefaultInstance())));
        assertThat(spec.hashKeys()).isEqualTo(HashKeys.of(new HashKey.SourceIp()));
        assertThat(context.problems()).isEmpty();
        spec = read(TcpProxy.newBuilder().setStatPrefix("db").setCluster("a").addHashPolicy(
                HashPolicy.newBuilder().setFilterState(HashPolicy.FilterState.newBuilder().setKey("k"))));
        assertThat(spec.hashKeys()).isEqualTo(HashKeys.of(new HashKey.FilterState("k")));
        assertThat(context.problems()).singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("hash_policy[0].filter_state"));
    }
}
