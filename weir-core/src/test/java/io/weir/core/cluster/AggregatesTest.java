package io.weir.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.ClusterSpec;
import io.weir.core.model.ClusterSpec.Members;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.stats.Stats;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AggregatesTest {
    private final Stats stats = new Stats();
    private final Clusters clusters = new Clusters();
    private final Aggregates aggregates = new Aggregates(clusters);

    private Cluster named(String name) {
        return new Cluster(ClusterSpec.of(name, List.of()).withType(DiscoveryType.STRICT_DNS), stats);
    }

    private Cluster over(String name, String... members) {
        return new Cluster(ClusterSpec.of(name, List.of()).withType(DiscoveryType.AGGREGATE)
                .withExtensions(Map.of(Members.KEY, new Members(List.of(members)))), stats);
    }

    private static List<Endpoint> host(int n) {
        return List.of(Endpoint.of(InetSocketAddress.createUnresolved("h" + n, 80)));
    }

    private static String chosen(Cluster aggregate) {
        Cluster its = aggregate.choices().choose(new SplittableRandom(1)).cluster();
        return its == aggregate ? "nobody" : its.name();
    }

    @Test
    void ofThousandsOfClustersThatGetTheirHostsOnlyThoseThatStandForThemLook() {
        int count = 4_000;
        List<Cluster> all = new ArrayList<>();
        IntStream.range(0, count).forEach(i -> all.add(named("dns" + i)));
        IntStream.range(0, count / 2).forEach(i -> all.add(over("both" + i, "dns" + 2 * i, "dns" + (2 * i + 1))));
        clusters.putAll(all);
        aggregates.gather();
        int[] looks = {0};
        all.forEach(cluster -> cluster.onChange(view -> looks[0] += aggregates.changed(view.spec().name())));
        for (int i = 0; i < count; i++) {
            all.get(i).endpoints(host(i), i);
        }
        assertThat(looks[0]).as("one for each cluster, and not each aggregate for each").isEqualTo(count);
        for (int i = 0; i < count / 2; i++) {
            assertThat(chosen(all.get(count + i))).isEqualTo("dns" + 2 * i);
        }
    }

    @Test
    void whoStandsForWhomFollowsTheClustersAndWhatTheyAreToldToBe() {
        Cluster a = named("a");
        Cluster b = named("b");
        Cluster inner = over("inner", "a");
        Cluster outer = over("outer", "inner", "missing", "outer");
        clusters.putAll(List.of(a, b, inner, outer));
        aggregates.gather();
        assertThat(aggregates.changed("a")).as("the member of a member too").isEqualTo(2);
        assertThat(aggregates.changed("b")).isZero();
        assertThat(aggregates.changed("inner")).as("has no hosts of its own").isZero();
        assertThat(aggregates.changed("missing")).isZero();
        inner.update(inner.spec().withExtensions(Map.of(Members.KEY, new Members(List.of("b")))), 1);
        clusters.put(named("missing"));
        aggregates.gather();
        assertThat(aggregates.changed("a")).isZero();
        assertThat(aggregates.changed("b")).isEqualTo(2);
        assertThat(aggregates.changed("missing")).isEqualTo(1);
        clusters.removeAll(List.of("outer", "a", "never there"));
        aggregates.gather();
        assertThat(aggregates.changed("b")).isEqualTo(1);
        assertThat(clusters.all()).extracting(Cluster::name).containsExactly("b", "inner", "missing");
    }
}
