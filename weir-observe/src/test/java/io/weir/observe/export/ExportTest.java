package io.weir.observe.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.stats.ClusterStats;
import io.weir.core.stats.Histogram;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ExportTest {
    private final Stats stats = new Stats();

    private static StatsFilter matching(String regex) {
        return new StatsFilter(false, Pattern.compile(regex).asPredicate());
    }

    private String prometheus(StatsFilter filter) throws IOException {
        StringBuilder out = new StringBuilder();
        PrometheusText.write(stats, filter, out);
        return out.toString();
    }

    private String text(StatsFilter filter) throws IOException {
        StringBuilder out = new StringBuilder();
        StatsText.write(stats, filter, out);
        return out.toString();
    }

    private String json(StatsFilter filter) throws IOException {
        StringBuilder out = new StringBuilder();
        StatsJson.write(stats, filter, out);
        return out.toString();
    }

    @Test
    void prometheusHasEnvoysNamesWithTagsAsLabels() throws IOException {
        ClusterStats cluster = new ClusterStats(stats, "outbound|80||a.b");
        cluster.upstreamRqTotal().add(3);
        cluster.answered(200);
        new ClusterStats(stats, "b").upstreamRqTotal().add(4);
        stats.root().child("server").gauge("live").set(1);
        assertThat(prometheus(matching("live|upstream_rq_total|upstream_rq_2"))).isEqualTo("""
                # TYPE envoy_cluster_upstream_rq counter
                envoy_cluster_upstream_rq{envoy_cluster_name="outbound|80||a.b",envoy_response_code="200"} 1
                # TYPE envoy_cluster_upstream_rq_total counter
                envoy_cluster_upstream_rq_total{envoy_cluster_name="b"} 4
                envoy_cluster_upstream_rq_total{envoy_cluster_name="outbound|80||a.b"} 3
                # TYPE envoy_cluster_upstream_rq_xx counter
                envoy_cluster_upstream_rq_xx{envoy_cluster_name="b",envoy_response_code_class="2"} 0
                envoy_cluster_upstream_rq_xx{envoy_cluster_name="outbound|80||a.b",envoy_response_code_class="2"} 1
                # TYPE envoy_server_live gauge
                envoy_server_live{} 1
                """);
    }

    @Test
    void prometheusHistogramsAreCumulativeOverEnvoysBuckets() throws IOException {
        Histogram histogram = stats.root().tagged("t", "v").histogram("h_ms");
        for (long value : new long[]{0, 1, 5, 6, 1000, 1001, 9_999_999}) {
            histogram.record(value);
        }
        assertThat(prometheus(StatsFilter.ALL).lines()).contains("# TYPE envoy_h_ms histogram",
                "envoy_h_ms_bucket{t=\"v\",le=\"0.5\"} 1", "envoy_h_ms_bucket{t=\"v\",le=\"1\"} 2",
                "envoy_h_ms_bucket{t=\"v\",le=\"5\"} 3", "envoy_h_ms_bucket{t=\"v\",le=\"10\"} 4",
                "envoy_h_ms_bucket{t=\"v\",le=\"1000\"} 5", "envoy_h_ms_bucket{t=\"v\",le=\"2500\"} 6",
                "envoy_h_ms_bucket{t=\"v\",le=\"3600000\"} 6", "envoy_h_ms_bucket{t=\"v\",le=\"+Inf\"} 7",
                "envoy_h_ms_sum{t=\"v\"} 10002012", "envoy_h_ms_count{t=\"v\"} 7").hasSize(1 + 19 + 3);
    }

    @Test
    void prometheusLabelsAreEscapedAndNamesHoldOnlyWhatIsAllowed() throws IOException {
        stats.root().child("a-b").tagged("x.y", "q\"\\z").counter("c.d").increment();
        assertThat(prometheus(StatsFilter.ALL)).isEqualTo("""
                # TYPE envoy_a_b_c_d counter
                envoy_a_b_c_d{x_y="q\\"\\\\z"} 1
                """);
    }

    @Test
    void aFamilyHasOneTypeAndNoSampleTwice() throws IOException {
        stats.root().child("a").counter("b").add(1);
        stats.root().counter("a_b").add(2);
        stats.root().child("x").gauge("y").set(1);
        stats.root().counter("x_y").add(2);
        List<String> names = prometheus(StatsFilter.ALL).lines().filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(0, line.indexOf(' '))).toList();
        assertThat(names).containsExactly("envoy_a_b{}", "envoy_x_y{}");
    }

    @Test
    void textIsSortedWithHistogramsLast() throws IOException {
        Scope scope = stats.root().child("cluster").tagged("envoy.cluster_name", "a");
        scope.counter("z").add(2);
        scope.gauge("b").set(-1);
        Histogram histogram = scope.histogram("a_ms");
        scope.histogram("unused_ms");
        histogram.record(3);
        histogram.record(150);
        stats.flush();
        histogram.record(3);
        assertThat(text(StatsFilter.ALL)).isEqualTo("""
                cluster.a.b: -1
                cluster.a.z: 2
                cluster.a.a_ms: P0(3,3) P25(3,3) P50(3,3) P75(145,142.5) P90(148,147) P95(149,148.5) \
                P99(149.8,149.7) P99.5(149.9,149.85) P99.9(149.98,149.97) P100(150,150)
                cluster.a.unused_ms: No recorded values
                """);
        stats.flush();
        stats.flush();
        assertThat(text(matching("a_ms"))).startsWith("cluster.a.a_ms: P0(nan,3) P25(nan,3)");
    }

    @Test
    void onlyUsedOrMatchingMetricsAreShownWhereAsked() throws IOException {
        stats.root().counter("used").increment();
        stats.root().counter("unused");
        stats.root().histogram("unused_ms");
        assertThat(text(new StatsFilter(true, null))).isEqualTo("used: 1\n");
        assertThat(text(matching("^un.*d$"))).isEqualTo("unused: 0\n");
        assertThat(prometheus(new StatsFilter(true, null))).isEqualTo("# TYPE envoy_used counter\nenvoy_used{} 1\n");
    }

    @Test
    void jsonIsEnvoys() throws IOException {
        assertThat(json(StatsFilter.ALL)).isEqualTo("{\"stats\":[]}");
        stats.root().counter("a\"b").add(7);
        assertThat(json(StatsFilter.ALL)).isEqualTo("{\"stats\":[{\"name\":\"a\\\"b\",\"value\":7}]}");
        stats.root().histogram("h").record(2);
        assertThat(json(StatsFilter.ALL)).isEqualTo("{\"stats\":[{\"name\":\"a\\\"b\",\"value\":7},"
                + "{\"histograms\":{\"supported_quantiles\":[0,25,50,75,90,95,99,99.5,99.9,100],"
                + "\"computed_quantiles\":["
                + "{\"name\":\"h\",\"values\":[" + "{\"interval\":null,\"cumulative\":2},".repeat(9)
                + "{\"interval\":null,\"cumulative\":2}]}]}}]}");
        assertThat(json(matching("^h$"))).startsWith("{\"stats\":[{\"histograms\":");
    }
}
