package io.weir.http.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Forward;
import io.weir.http.route.Target;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BufferReaderTest {
    private static final String API = "\"@type\": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.";
    private static final String ROUTER = """
            - name: envoy.filters.http.router
              typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
            """;

    private static String filter(String name, long bytes, String more) {
        return "- { name: " + name + ", typed_config: { " + API + "Buffer, max_request_bytes: " + bytes + " }" + more
                + " }\n";
    }

    private static String own(String name, String config) {
        return "typed_per_filter_config: { " + name + ": { " + API + "BufferPerRoute, " + config + " } }";
    }

    private static ReadManager read(String filters, String host, String... routes) {
        return ReadManager.manager("stat_prefix: in\nhttp_filters:\n" + filters + ROUTER
                + "route_config:\n  virtual_hosts:\n  - { name: all, domains: \"*\"" + host + ", routes: [ "
                + String.join(", ", routes) + " ] }\n");
    }

    private static String route(String more) {
        return "{ match: { prefix: / }, route: { cluster: a }" + (more.isEmpty() ? "" : ", " + more) + " }";
    }

    /** The bound of every target, in order. */
    private static List<Long> bounds(ReadManager read) {
        var bounds = new ArrayList<Long>();
        for (var route : read.accepted().routes().hosts().getFirst().routes()) {
            switch (((Forward) route.action()).choice()) {
                case ClusterChoice.Single(Target target) -> bounds.add(target.bufferBytesMax());
                case ClusterChoice.Weighted(List<ClusterChoice.Share> shares, _, _, _) ->
                    shares.forEach(share -> bounds.add(share.target().bufferBytesMax()));
                case ClusterChoice.ByHeader(_, Target target) -> bounds.add(target.bufferBytesMax());
            }
        }
        return bounds;
    }

    @Test
    void withoutTheFilterBodiesPassAsTheyCome() {
        assertThat(bounds(read("", "", route("")))).containsExactly(Target.STREAMED);
    }

    @Test
    void theFilterHoldsForEveryRoute() {
        assertThat(bounds(read(filter("b", 4_294_967_295L, ""), "", route(""), route(""))))
                .containsExactly(4_294_967_295L, 4_294_967_295L);
    }

    @Test
    void theInnermostLevelWins() {
        String weighted = "{ match: { prefix: / }, route: { weighted_clusters: { clusters: [ { name: a, weight: 1 }, "
                + "{ name: b, weight: 1, " + own("b", "buffer: { max_request_bytes: 4 }") + " } ] } }, "
                + own("b", "buffer: { max_request_bytes: 3 }") + " }";
        assertThat(bounds(read(filter("b", 1, ""), ", " + own("b", "buffer: { max_request_bytes: 2 }"), route(""),
                route(own("b", "disabled: true")), weighted))).containsExactly(2L, Target.STREAMED, 3L, 4L);
    }

    @Test
    void aFilterThatIsOffMayBeSwitchedOnByARoute() {
        assertThat(bounds(read(filter("b", 1, ", disabled: true"), "", route(""),
                route(own("b", "buffer: { max_request_bytes: 2 }"))))).containsExactly(Target.STREAMED, 2L);
    }

    @Test
    void theGeneralWrapperIsReadToo() {
        String wrapped = "typed_per_filter_config: { b: { \"@type\": "
                + "type.googleapis.com/envoy.config.route.v3.FilterConfig";
        assertThat(bounds(read(filter("b", 1, ""), "", route(wrapped + ", disabled: true } }"),
                route(wrapped + ", config: { " + API + "BufferPerRoute, buffer: { max_request_bytes: 2 } } } }"))))
                .containsExactly(Target.STREAMED, 2L);
    }

    @Test
    void aNameThatIsNoFiltersIsToldAndChangesNothing() {
        var read = read(filter("b", 1, ""), "", route(own("c", "disabled: true")));
        assertThat(bounds(read)).containsExactly(1L);
        assertThat(read.problems()).singleElement().asString()
                .startsWith("WARNING route_config.virtual_hosts[0].routes[0].typed_per_filter_config[c]");
    }

    @Test
    void twoBufferFiltersAreOneTooMany() {
        assertThat(read(filter("b", 1, "") + filter("c", 2, ""), "", route("")).problems()).singleElement().asString()
                .startsWith("ERROR http_filters[1]");
    }
}
