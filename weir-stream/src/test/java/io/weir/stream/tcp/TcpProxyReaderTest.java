package io.weir.stream.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.BackoffStrategy;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight;
import io.envoyproxy.envoy.type.v3.HashPolicy;
import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys;
import io.weir.core.time.ExponentialBackOff;
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
        assertThat(spec.idle()).isEqualTo(new Idle(TimeUnit.HOURS.toNanos(1), 0, 0));
        assertThat(spec.tries()).isEqualTo(Tries.ONCE);
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
                .setDownstreamIdleTimeout(Duration.newBuilder().setSeconds(7))
                .setUpstreamIdleTimeout(Duration.newBuilder().setSeconds(9))
                .setMaxConnectAttempts(UInt32Value.of(4))
                .setBackoffOptions(BackoffStrategy.newBuilder().setBaseInterval(millis(20)))
                .setMaxDownstreamConnectionDuration(Duration.newBuilder().setSeconds(60)));
        // -1 is how Java holds the largest uint32
        assertThat(spec.targets()).containsExactly(new Target("a", 3), new Target("b", 4_294_967_295L));
        assertThat(spec.idle()).isEqualTo(new Idle(5_000_000_500L, 7_000_000_000L, 9_000_000_000L));
        assertThat(spec.tries()).isEqualTo(new Tries(4, new ExponentialBackOff(20_000_000, 200_000_000)));
        assertThat(spec.connectionDurationMaxNanos()).isEqualTo(TimeUnit.MINUTES.toNanos(1));
        assertThat(context.clustersReferenced()).containsExactly("a", "b");
    }

    @Test
    void anIdleTimeoutOfZeroMeansNever() {
        assertThat(read(TcpProxy.newBuilder().setStatPrefix("db").setCluster("a")
                .setIdleTimeout(Duration.getDefaultInstance())).idle().bothNanos()).isZero();
    }

    @Test
    void aNegativeIdleTimeoutIsAProblemThatNamesItsField() {
        assertThat(new TcpProxyReader().read(TcpProxy.newBuilder().setStatPrefix("db").setCluster("a")
                .setIdleTimeout(Duration.newBuilder().setSeconds(-1)).build(), context)).isNull();
        assertThat(context.problems()).singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("idle_timeout"));
    }

    private static Duration.Builder millis(int millis) {
        return Duration.newBuilder().setNanos(millis * 1_000_000);
    }

    @Test
    void theLongestPauseIsWrittenOrTenFirstOnesAndNeverShorterThanTheFirst() {
        var config = TcpProxy.newBuilder().setStatPrefix("db").setCluster("a");
        assertThat(read(config.setBackoffOptions(BackoffStrategy.newBuilder().setBaseInterval(millis(20))
                .setMaxInterval(millis(50)))).tries())
                .isEqualTo(new Tries(1, new ExponentialBackOff(20_000_000, 50_000_000)));
        assertThat(new TcpProxyReader().read(config.setBackoffOptions(BackoffStrategy.newBuilder()
                .setBaseInterval(millis(20)).setMaxInterval(millis(10))).build(), context)).isNull();
        assertThat(context.problems()).singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("backoff_options.max_interval"));
    }

    @Test
    void theSourceIpIsHashedWhereThePolicySaysSoAndSoIsWhatFiltersLeave() {
        TcpProxySpec spec = read(TcpProxy.newBuilder().setStatPrefix("db").setCluster("a")
                .addHashPolicy(HashPolicy.newBuilder().setSourceIp(HashPolicy.SourceIp.getDefaultInstance())));
        assertThat(spec.hashKeys()).isEqualTo(HashKeys.of(new HashKey.SourceIp()));
        assertThat(context.problems()).isEmpty();
        spec = read(TcpProxy.newBuilder().setStatPrefix("db").setCluster("a").addHashPolicy(
                HashPolicy.newBuilder().setFilterState(HashPolicy.FilterState.newBuilder().setKey("k"))));
        assertThat(spec.hashKeys()).isEqualTo(HashKeys.of(new HashKey.FilterState("k")));
        assertThat(context.problems()).isEmpty();
    }
}
